"""Wait for a station's answer without holding the database."""

import time
from collections.abc import Callable

from django.db import connection

from apps.commands.models import CommandRow, State

UNANSWERED = (State.QUEUED, State.SENT)
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.4


def wait_for_answer(
    row: CommandRow,
    wait_s: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> CommandRow:
    """Read ``row`` again until it is answered or given up, or ``wait_s`` have passed."""
    deadline, pause_s = clock() + wait_s, _FIRST_PAUSE_S
    while row.state in UNANSWERED:
        left_s = deadline - clock()
        if left_s <= 0:
            break
        _give_connection_back()
        sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
        row.refresh_from_db()
    return row


def _give_connection_back() -> None:
    """To the pool: a few waiting programs must not starve everybody else."""
    if not connection.in_atomic_block:
        connection.close()
