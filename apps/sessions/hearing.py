"""What was told live, and by how much its station's clock is then off ours. Pure.

A message may be a replay of what happened long ago: its instant is then the truth. Told live by a
clock that is wrong it is not, and what we know is when it was heard. The rules:

1. A message that is as far off as its station's clock is known to be wrong was told live.
2. Two messages of a session that lie as far apart by the station's clock as by ours were told
   live, both of them (as ``domain.clocks`` has it).
3. What was told by a clock that shows to be off within the hour was told live by it as well.
4. What a station tells later whose clock is known to be wrong was dated by that clock, unless it
   would then have been told before it was: all of its instants are set right by as much.
5. A clock stands still whose register has gone on, at an instant that is none later, in a message
   that was heard well after the one before. Once that is known, so does all that it tells at the
   instant of the begin.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from apps.domain.clocks import APART, TOLERANCE_S, WRONG_S, is_as_far
from apps.domain.events import Sample, SamplesTaken, SessionEvent
from apps.protocol.timestamps import can_be
from apps.sessions.energy import Totals
from apps.sessions.machine import Facts
from apps.sessions.pace import ROUNDING_WH

LIVE = timedelta(minutes=5)
AWAY = timedelta(seconds=WRONG_S)
AT_ONCE = timedelta(minutes=1)
NEAR_S = 30.0
AWAY_S = 10.0

ToldT = TypeVar("ToldT", bound=SessionEvent | SamplesTaken)


def is_by(offset_s: float | None, said_at: datetime, heard_at: datetime) -> bool:
    """Rule 1; ``offset_s``: the station's clock less ours."""
    if offset_s is None or abs(offset_s) <= WRONG_S:
        return False
    return abs((said_at - heard_at).total_seconds() - offset_s) <= NEAR_S


def may_be_by(offset_s: float | None, said_at: datetime, heard_at: datetime) -> bool:
    """Rule 4."""
    if offset_s is None or abs(offset_s) <= WRONG_S:
        return False
    return said_at - timedelta(seconds=offset_s) <= heard_at + timedelta(seconds=NEAR_S)


def offset_of(
    first_said_at: datetime, first_heard_at: datetime, said_at: datetime, heard_at: datetime
) -> float | None:
    """Rule 2: the station's clock less ours, in seconds; None where nothing shows it."""
    elapsed = heard_at - first_heard_at
    if elapsed < APART:
        return None
    if not is_as_far((said_at - first_said_at - elapsed).total_seconds(), elapsed):
        return None
    return (first_said_at - first_heard_at).total_seconds()


def is_late(facts: Facts) -> bool:
    """Whether its begin was not heard when it was told to be."""
    said, heard = facts.start_said_at, facts.start_heard_at
    if not facts.has_start or said is None or heard is None:
        return False
    return heard - said > APART or said - heard > LIVE


def learn(
    facts: Facts, said_at: datetime, heard_at: datetime, clock_s: float | None = None
) -> float | None:
    """The offset of a session's begin, where one more message shows that it was told live.

    ``clock_s``: by how much the station's clock is ahead, where that is known.
    """
    said, heard = facts.start_said_at, facts.start_heard_at
    if said is None or heard is None or facts.offset_s is not None or not facts.has_start:
        return None
    if abs(heard - said) <= LIVE:
        return None
    known_s = _known_by(facts, clock_s)
    return offset_of(said, heard, said_at, heard_at) if known_s is None else known_s


def _known_by(facts: Facts, clock_s: float | None) -> float | None:
    """The offset of a begin that was told live by a clock that is off by ``clock_s``, or later, at
    an instant that cannot be."""
    said, heard = facts.start_said_at, facts.start_heard_at
    if said is None or heard is None:
        return None
    if is_by(clock_s, said, heard):
        return lag_s(facts)
    return clock_s if not can_be(said, heard) and may_be_by(clock_s, said, heard) else None


def lag_s(facts: Facts) -> float | None:
    """By how much its begin was told ahead of when it was heard; mostly less than nothing."""
    if facts.start_said_at is None or facts.start_heard_at is None:
        return None
    return (facts.start_said_at - facts.start_heard_at).total_seconds()


def runs_away(facts: Facts, offset_s: float) -> bool:
    """Whether a clock that was right at the begin is off now, by more than a length may be."""
    began_s = lag_s(facts) if facts.has_start else None
    return began_s is not None and abs(began_s) <= TOLERANCE_S and abs(offset_s) > AWAY_S


def told_by(facts: Facts, offset_s: float, since: datetime) -> Facts:
    """Rule 3: what was heard after ``since`` by a clock that is known to have been off."""
    if facts.offset_s is not None:
        return facts
    known_s = _known_by(facts, offset_s)
    if known_s is not None and facts.start_heard_at and facts.start_heard_at > since:
        return replace(facts, offset_s=known_s)
    said, heard = facts.end_said_at, facts.end_heard_at
    if said and heard and heard > since and is_by(offset_s, said, heard):
        return replace(facts, ended_at=heard, end_said_at=None)
    return facts


def stands_still(
    event: SessionEvent | SamplesTaken,
    facts: Facts,
    totals: Totals,
    last_heard_at: datetime,
    heard_at: datetime,
    *,
    is_known: bool = False,
) -> bool:
    """Rule 5; ``is_known``: the session is known to be told by a wrong clock."""
    shown = [s.register_wh for s in event.samples if s.is_trusted and s.register_wh is not None]
    if not shown or totals.meter_stop_wh is None:
        return False
    known: list[tuple[datetime, float]] = []
    if said_in(event) in (facts.start_said_at, facts.last_event_at):
        known.append((last_heard_at, totals.meter_stop_wh))
    if is_known and said_in(event) == facts.start_said_at and facts.start_heard_at is not None:
        known.append((facts.start_heard_at, totals.meter_start_wh or 0.0))
    return any(heard_at - at >= APART and max(shown) > wh + ROUNDING_WH for at, wh in known)


def is_by_another(event: SessionEvent | SamplesTaken, facts: Facts, heard_at: datetime) -> bool:
    """Whether it was told at an instant that cannot be, and the begin of its session was not.

    What is told right after a begin that seems to be live, and lies far from it, waited with it,
    and is by the same clock.
    """
    if not is_dated(event) or can_be(said_in(event), heard_at):
        return False
    said, heard = facts.start_said_at, facts.start_heard_at
    if said is None or heard is None:
        return True
    waited = heard - said < LIVE and heard_at - heard < AT_ONCE < said_in(event) - said
    return can_be(said, heard) and not waited


def by_ours(event: ToldT, heard_at: datetime) -> ToldT:
    """The event as of when it was heard, which is known; its samples keep their distances."""
    shift = heard_at - said_in(event)
    samples = tuple(replace(s, at=_said(s) + shift, is_trusted=False) for s in event.samples)
    if isinstance(event, SamplesTaken):
        return replace(event, samples=samples)
    return replace(event, at=heard_at, is_trusted=True, said_at=None, samples=samples)


def set_right(event: ToldT, offset_s: float) -> ToldT:
    """By a clock that was ahead of ours by as much; its instants keep their distances."""
    offset = timedelta(seconds=offset_s)
    samples = tuple(
        replace(s, at=_said(s) - offset, is_trusted=True, said_at=None) if _is_dated(s) else s
        for s in event.samples
    )
    if isinstance(event, SamplesTaken) or not _is_dated(event):
        return replace(event, samples=samples)
    at = _said(event) - offset
    return replace(event, at=at, is_trusted=True, said_at=None, samples=samples)


def is_dated(event: SessionEvent | SamplesTaken) -> bool:
    """Whether its station told an instant, be it one that can be or not."""
    if isinstance(event, SamplesTaken):
        return any(_is_dated(sample) for sample in event.samples)
    return _is_dated(event)


def said_in(event: SessionEvent | SamplesTaken) -> datetime:
    """The instant at which it was told, by the station's clock; needs a sample or an instant."""
    if isinstance(event, SamplesTaken):
        return max(_said(sample) for sample in event.samples)
    return _said(event)


def _said(told: SessionEvent | Sample) -> datetime:
    return told.said_at or told.at


def _is_dated(told: SessionEvent | Sample) -> bool:
    return told.is_trusted or told.said_at is not None


def moved(
    samples: Iterable[Sample], offset_s: float | None, heard_at: datetime | None
) -> Iterable[Sample]:
    """By our clock: what the other told, as far as it had been heard by ``heard_at``."""
    if offset_s is None or heard_at is None:
        return samples
    offset, until = timedelta(seconds=offset_s), heard_at + LIVE
    return [
        replace(s, at=s.at - offset) if s.is_trusted and s.at - offset <= until else s
        for s in samples
    ]
