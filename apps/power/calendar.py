"""When a push is due again, and what its profile says then. Pure.

A push recurs at the same local time. Recurring profiles count in UTC and would move by an hour
with daylight saving; a push sent anew each day does not.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.domain.profiles import RELATIVE, ChargingProfile

_STEPS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


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


def dated(profile: ChargingProfile, due_at: datetime) -> ChargingProfile:
    """The profile with its beginnings: a schedule without one begins when the push is due."""
    if profile.kind == RELATIVE:
        return profile
    schedules = tuple(
        schedule if schedule.start_at is not None else replace(schedule, start_at=due_at)
        for schedule in profile.schedules
    )
    return replace(profile, schedules=schedules)
