"""What a station says, and leaves unsaid, of how a session began and ended."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from apps.domain.events import Sample
from apps.protocol import traits_of
from apps.sessions import sequence
from apps.sessions.energy import Totals
from apps.sessions.machine import Facts
from apps.sessions.marks import is_unmeasured, misses_reading
from apps.sessions.power import Point
from apps.sessions.timing import Mark, Said, without_dates


class Known(Protocol):
    """A session, as far as it is asked for."""

    protocol: str
    totals: Totals
    last_received_at: datetime | None
    limit_w: float | None

    @property
    def known(self) -> Facts: ...


def said_of(session: Known, samples: Iterable[Sample], since: datetime | None = None) -> Said:
    """The register at begin and end only where it is believed; ``since`` as in Said."""
    facts = session.known
    began_at, ended_at = facts.said
    told = sequence.ends_of(samples, ended_at)
    begin_wh, end_wh = (
        wh if wh == believed else None
        for wh, believed in zip(told, session.totals.shown, strict=True)
    )
    begin = Mark(began_at, begin_wh, facts.start_said_at is not None)
    end = Mark(ended_at, end_wh, facts.end_said_at is not None) if ended_at else None
    began_heard_at = facts.start_heard_at or began_at
    said = Said(begin, began_heard_at, end, facts.end_heard_at, since=since, told_wh=told)
    if facts.offset_s is None and since is None:
        return said
    offset = None if facts.offset_s is None else timedelta(seconds=facts.offset_s)
    heard_at = facts.end_heard_at or session.last_received_at
    return replace(said, ended_heard_at=heard_at, offset=offset)


def dated_of(session: Known, samples: Collection[Sample]) -> Collection[Sample]:
    """Its readings; those whose instants say nothing of when they were are no word of it."""
    return without_dates(said_of(session, samples), samples, session.limit_w)


def is_reading_missing(session: Known, samples: Iterable[Sample], points: Sequence[Point]) -> bool:
    """Whether a register, or all, is missing of a session whose energy grew as ``points`` show."""
    if is_unmeasured(session.totals, points):
        return True
    ends = sequence.ends_of(samples, session.known.said[1])
    shown = points if session.totals.meter_start_wh is not None else ()
    are_told = traits_of(session.protocol).meters_ends
    return misses_reading(session.known, ends, shown, are_ends_told=are_told)
