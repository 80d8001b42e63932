"""When a campaign is due again. Pure.

It recurs at the same local time, in summer and in winter.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ONCE, DAILY, WEEKLY = "", "daily", "weekly"
_STEPS = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}


def next_due(due_at: datetime, every: str, timezone: str, now: datetime) -> datetime | None:
    """The first turn after both ``due_at`` and ``now``; None where it never recurs.

    A local time that the clock skips is taken as it would have been before the change.
    """
    step = _STEPS.get(every)
    if step is None:
        return None
    zone = ZoneInfo(timezone)
    wall = due_at.astimezone(zone).replace(tzinfo=None)
    turns = max(1, (now - due_at) // step)
    while True:
        at = (wall + turns * step).replace(tzinfo=zone).astimezone(UTC)
        if at > now and at > due_at:
            return at
        turns += 1


def problems(due_at: datetime, every: str, timezone: str, now: datetime) -> Iterator[str]:
    """What is wrong with a time that somebody chose."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f"{timezone!r} is no time zone; one like Europe/Amsterdam is needed"
    if every not in (ONCE, DAILY, WEEKLY):
        yield "'every' must be daily, weekly or left out"
    if due_at < now:
        yield "The time of the push has passed: choose a later one"
