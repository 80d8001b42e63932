"""What belongs to a session: its place, its time, and nothing of its neighbours. Pure.

Its time begins with the end of the session before it on its EVSE, but no more than ``BEFORE``
ahead of its start (plugging in, showing a card), and is over when the next one begins there, but
no more than ``AFTER`` behind its end (the cable comes out).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BEFORE, AFTER = timedelta(minutes=5), timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Bounds:
    """``evse_id`` None: nobody said where it was. ``ended_at``: now, while it runs.

    ``before_ended_at``: the end of the session before it on its EVSE, if there is one.
    """

    evse_id: int | None
    opened_at: datetime
    started_at: datetime
    ended_at: datetime
    closed_at: datetime
    is_running: bool = False
    before_ended_at: datetime | None = None

    def shifted(self, by: timedelta) -> "Bounds":
        """The same by another clock."""
        return replace(
            self,
            opened_at=self.opened_at + by,
            started_at=self.started_at + by,
            ended_at=self.ended_at + by,
            closed_at=self.closed_at + by,
        )

    def holds(self, at: datetime) -> bool:
        """Whether something of that instant may be about it."""
        return self.opened_at <= at <= self.closed_at

    def is_during(self, at: datetime) -> bool:
        """Whether it went on at that instant."""
        return self.started_at <= at <= self.ended_at

    def is_inside(self, at: datetime) -> bool:
        """Whether it went on before and after that instant."""
        return self.started_at < at and (self.is_running or at < self.ended_at)

    def is_here(self, evse_id: int) -> bool:
        """Whether something of that EVSE is of its place; 0 is the whole station."""
        return evse_id in (0, self.evse_id)

    def overlaps(self, began_at: datetime, ended_at: datetime | None) -> bool:
        """Whether a span was in its time, in part at least."""
        return began_at < self.ended_at and (ended_at is None or ended_at > self.started_at)


def bounds_of(
    *,
    evse_id: int | None,
    started_at: datetime,
    ended_at: datetime | None,
    now: datetime,
    before_ended_at: datetime | None = None,
    next_started_at: datetime | None = None,
) -> Bounds:
    """``before_ended_at``, ``next_started_at``: of its neighbours on the EVSE, where it has any."""
    opened_at = started_at - BEFORE
    if before_ended_at is not None:
        opened_at = min(max(opened_at, before_ended_at), started_at)
    over_at = max(ended_at or now, started_at)
    closed_at = over_at + AFTER
    if next_started_at is not None and next_started_at > started_at:
        closed_at = min(closed_at, next_started_at)
        over_at = min(over_at, next_started_at)
    return Bounds(
        evse_id, opened_at, started_at, over_at, closed_at, ended_at is None, before_ended_at
    )
