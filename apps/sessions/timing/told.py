"""What a station tells of the time of a session, and what is made of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from apps.domain.events import Sample

ROUNDING = timedelta(minutes=2)  # of stations that tell full minutes
LEAST = timedelta(minutes=1)  # over so long a time a pace shows
BATTERY_WH = 100_000.0
_ZERO = timedelta(0)
USUAL_W = 11_000.0  # of three phases at 16 A, where a session shows no pace of its own


class Mark(NamedTuple):
    """An instant, and the register then; ``is_told`` by the station, or when that was heard."""

    at: datetime
    wh: float | None = None
    is_told: bool = True


def mark_of(sample: Sample) -> Mark:
    return Mark(sample.at, sample.register_wh, sample.is_trusted)


Era = list[Mark]  # what one clock told, in order


@dataclass(frozen=True, slots=True)
class Said:
    """How a session began and ended as its station tells, and when we heard of it.

    ``offset``: the clock of the begin less ours, where that is known; ``since``: before when it
    cannot have begun, where it tells that it did, or its energy says so; ``told_wh``: what its
    register showed at begin and end, be it believed or not.
    """

    begin: Mark
    began_heard_at: datetime
    end: Mark | None = None
    ended_heard_at: datetime | None = None
    offset: timedelta | None = None
    since: datetime | None = None
    told_wh: tuple[float | None, float | None] = (None, None)

    @property
    def began_at(self) -> datetime:
        return self.begin.at

    @property
    def ended_at(self) -> datetime | None:
        return self.end.at if self.end else None


class Settled(NamedTuple):
    """``is_odd``: the clock of the station cannot have been right throughout; ``shifts``: by how
    much each reading is then moved, where several clocks told of the session; ``shift``: by how
    much all of them are.
    """

    began_at: datetime
    ended_at: datetime | None
    is_odd: bool = False
    shifts: Mapping[Mark, timedelta] = MappingProxyType({})
    shift: timedelta = _ZERO


def plain(said: Said) -> Settled:
    """As it was told."""
    ended_at = None if said.ended_at is None else max(said.began_at, said.ended_at)
    return Settled(said.began_at, ended_at)


def laid(samples: Iterable[Sample], settled: Settled) -> Iterable[Sample]:
    """On the line of time on which the session was settled."""
    shifts, shift = settled.shifts, settled.shift
    if not shifts and not shift:
        return samples
    return [replace(s, at=s.at + shift + shifts.get(mark_of(s), _ZERO)) for s in samples]
