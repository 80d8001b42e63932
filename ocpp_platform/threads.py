"""Database connections in threads of our own, which no request cycle looks after."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
WAITS_S = (0.05, 0.2, 1, 3, 5, 5, 5)  # about 20 s: a restart of the database, a failover


def persistently(work: Callable[[], Result]) -> Result:
    """Do ``work``; where the database is away, reconnect and do it again for a while.

    The thread keeps its connection between calls. ``work`` must be one transaction.
    """
    for wait_s in WAITS_S:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            logger.warning("database away, next try in %s s: %s", wait_s, error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(wait_s)
    return work()
