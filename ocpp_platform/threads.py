"""Database connections in threads of our own, which no request cycle looks after."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
WAITS_S = (0.05, 0.2, 1, 3, 5, 5, 5)  # about 20 s: a restart of the database, a failover
TROUBLED_FOR_S = 30.0
PATIENCE_S = 25.0  # in all, the time that the tries themselves take included
# SQLSTATE classes that speak of the server and its load, never of the rows that it was given.
_TROUBLES = frozenset({"08", "40", "53", "55", "57", "58"})
_READ_ONLY = "25006"  # a standby that is not yet the primary
_hopeless = threading.local()
_troubled: dict[int, float] = {}  # threads whose last try failed, and when


class DatabaseAway(Exception):
    """The database was away for longer than anybody should wait; nothing was written."""


def persistently(work: Callable[[], Result]) -> Result:
    """Do ``work``; where the database is away, reconnect and do it again for a while.

    The thread keeps its connection between calls. ``work`` must be one transaction. Raises
    DatabaseAway when the patience is spent; from then on, until the database has answered
    again, this thread tries once and does not wait.
    """
    waits_s = () if getattr(_hopeless, "is_set", False) else WAITS_S
    here = threading.get_ident()
    deadline = time.monotonic() + PATIENCE_S
    for wait_s in (*waits_s, None):
        try:
            result = work()
        except (DatabaseError, InterfaceError) as error:
            if connection.in_atomic_block or not is_away(error):
                raise
            _troubled[here] = time.monotonic()
            connection.close_if_unusable_or_obsolete()
            if wait_s is None or time.monotonic() + wait_s > deadline:
                _hopeless.is_set = True
                raise DatabaseAway(str(error)) from error
            logger.warning("database away, next try in %s s: %s", wait_s, error)
            time.sleep(wait_s)
        else:
            _hopeless.is_set = False
            _troubled.pop(here, None)
            return result
    raise AssertionError("the last try returns or raises")


def is_troubled() -> bool:
    """Whether work of this process has failed lately, in a thread where none went well since."""
    lately = time.monotonic() - TROUBLED_FOR_S
    return any(at > lately for at in list(_troubled.values()))


def briefly(work: Callable[[], Result]) -> Result:
    """As ``persistently``, in a thread that does not keep its connection."""
    try:
        return persistently(work)
    finally:
        connection.close()


def is_away(error: Exception) -> bool:
    """Whether the database is to blame for ``error``, and not what it was asked to do."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state[:2] in _TROUBLES or state == _READ_ONLY
