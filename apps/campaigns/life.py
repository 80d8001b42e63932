"""The life of a target, which is one station in a campaign. Pure.

waiting --a command goes out--> sent --it went well--> reached, or waiting for the next step
           sent --it was lost on the way--> waiting, after a pause, or failed
           sent --it was refused--> failed, or passed over: waiting for the next step
           sent --a newer command took its place--> superseded
waiting --nothing is left to do--> reached     waiting --it cannot be told--> failed
waiting --it shall not be told--> skipped
waiting, failed --what was given up comes true--> as though it had gone well at once
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apps.domain.vocabulary import LINK_LOST


class Life(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    REACHED = "reached"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    SKIPPED = "skipped"


OPEN = (Life.WAITING, Life.SENT)


class End(StrEnum):
    """What became of a command: of those that were lost nobody knows what the station did.

    Done: it went well, and no step follows. Again: the next try is another, and may go at once.
    Passed: it went wrong, and the next step follows all the same. Given up: lost too often.
    """

    OPEN = "open"
    WELL = "well"
    DONE = "done"
    AGAIN = "again"
    PASSED = "passed"
    LOST = "lost"
    GIVEN_UP = "given_up"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a target is tried, and the pause after the first loss; each next is twice that."""

    attempts: int = 1
    first_pause_s: int = 60
    longest_pause_s: int = 3600


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a target stands after an end; ``next_at``: not before then, None is at once."""

    life: Life
    next_at: datetime | None = None


_ENDS = {
    "queued": End.OPEN, "sent": End.OPEN, "accepted": End.OPEN, "confirmed": End.WELL,
    "timed_out": End.LOST, "expired": End.LOST, "gone": End.LOST, "superseded": End.SUPERSEDED,
}  # fmt: skip
_AT_ONCE = {
    End.OPEN: Life.SENT, End.DONE: Life.REACHED, End.AGAIN: Life.WAITING,
    End.PASSED: Life.WAITING, End.SUPERSEDED: Life.SUPERSEDED,
}  # fmt: skip
MAY_COME_TRUE = ("timed_out", "not_confirmed", "failed")  # what a target did not wait for


def end_of(state: str, detail: str = "", *, is_followed: bool = True) -> End:
    """What the ``state`` of a command comes to; ``is_followed``: an effect must still show it."""
    if state == "accepted" and not is_followed:
        return End.WELL
    if state == "error" and detail == LINK_LOST:
        return End.LOST
    return _ENDS.get(state, End.REFUSED)


def patiently(end: End, attempts: int, patience: Patience) -> End:
    """What was lost at the last of its attempts is given up."""
    return End.GIVEN_UP if end is End.LOST and attempts >= patience.attempts else end


def after(
    end: End, attempts: int, patience: Patience, now: datetime, *, has_steps: bool = False
) -> Standing:
    """Where a target stands whose command, the ``attempts``-th of its step, came to ``end``."""
    if end is End.WELL:
        return Standing(Life.WAITING if has_steps else Life.REACHED)
    if end in _AT_ONCE:
        return Standing(_AT_ONCE[end])
    if patiently(end, attempts, patience) is End.LOST:
        return Standing(Life.WAITING, now + timedelta(seconds=_pause_s(attempts, patience)))
    return Standing(Life.FAILED)


def room(at_once: int | None, under_way: int, wanted: int) -> int:
    """How many of ``wanted`` targets may begin; ``at_once``: None is any number."""
    return wanted if at_once is None else max(0, min(wanted, at_once - under_way))


def must_stop(*, failed: int, over: int, total: int, at_once: int | None, stop_pct: int) -> bool:
    """Whether more than ``stop_pct`` of what is over has failed, once a first wave is over."""
    wave = min(total, at_once or total)
    return over >= wave and failed * 100 > stop_pct * over


def _pause_s(attempts: int, patience: Patience) -> int:
    doubled = patience.first_pause_s << min(max(attempts - 1, 0), 20)
    return min(doubled, patience.longest_pause_s)
