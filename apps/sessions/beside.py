"""What flowed by power and intervals, as far as it can have: where no register tells it. Pure.

The rules, in order:
1. What was imported is never below zero: a power that is counts as none.
2. A power, or what flowed in an interval, that most often is more than the connector delivers, and
   fits as a thousandth, was told in another unit: it is read in that.
3. Powers beyond what the connector delivers are not believed one by one. Where most are, as of a
   connector of another phase or size, they are.
4. Intervals that never fall and in all cannot have flowed, or rise as the time since the begin, are
   what a register showed. Others that cannot have flowed are not believed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions import register
from apps.sessions.pace import (
    AT_ONCE_WH,
    FLOWING_W,
    MARGIN,
    MAX_POWER_W,
    Pace,
    Reading,
    possible_wh,
)
from apps.sessions.power import Point, power_of
from apps.sessions.runs import members, runs_of
from apps.sessions.sequence import Span

POWER, INTERVAL = "Power.Active.Import", "Energy.Active.Import.Interval"
KILO = 1_000.0
_RISES = 3  # by which intervals show that they are a register
_SLACK = 1.25
_STEEP = 2.0


class Why(StrEnum):
    EXPORTED = "exported"
    UNIT = "unit"
    BEYOND = "beyond"
    WIDE = "wide"
    CUMULATIVE = "cumulative"


class Odd(NamedTuple):
    """A ``value`` as told, in W or Wh, and the most that can be."""

    at: datetime
    what: str
    value: float
    why: Why
    most: float

    @property
    def counts(self) -> bool:
        return self.why in (Why.UNIT, Why.WIDE, Why.CUMULATIVE)


class Beside(NamedTuple):
    """How it grew, and what is odd in it."""

    points: list[Point]
    odd: list[Odd]


NOTHING = Beside([], [])


class _Told(NamedTuple):
    at: datetime
    value: float
    most: float


def flowed(ordered: Sequence[Sample], span: Span, *, least: bool = False) -> Beside:
    """By intervals, else by power; ``least``: by the lower of two powers."""
    intervals = _intervals(ordered, span)
    if intervals.points:
        return intervals
    powers, odd = powers_of(ordered, span.limit_w)
    return Beside(_integral(powers, min if least else _mean), [*intervals.odd, *odd])


def by_power(ordered: Sequence[Sample], span: Span) -> Beside:
    """In trapezoids."""
    powers, odd = powers_of(ordered, span.limit_w)
    return Beside(_integral(powers, _mean), odd)


def powers_of(
    ordered: Sequence[Sample], limit_w: float | None
) -> tuple[list[tuple[datetime, float]], list[Odd]]:
    """W that are believed, each with its instant."""
    most_w = MAX_POWER_W if limit_w is None else limit_w * MARGIN
    told = [_Told(s.at, w, most_w) for s in ordered if (w := power_of(s)) is not None]
    if _is_of_unit(told, FLOWING_W):
        odd = [
            Odd(one.at, POWER, one.value, Why.UNIT, most_w) for one in told if one.value > most_w
        ]
        return _imported([one._replace(value=one.value / KILO) for one in told], odd[-1:])
    wide_w = most_w if limit_w is None else register.WRONG_TIMES * most_w
    if _is_mostly_beyond(told) and max(one.value for one in told) <= wide_w:
        odd = [
            Odd(one.at, POWER, one.value, Why.WIDE, most_w) for one in told if one.value > most_w
        ]
        return _imported(told, odd)
    odd = [Odd(one.at, POWER, one.value, Why.BEYOND, most_w) for one in told if one.value > most_w]
    return _imported([one for one in told if one.value <= most_w], odd)


def _imported(
    told: Sequence[_Told], odd: list[Odd]
) -> tuple[list[tuple[datetime, float]], list[Odd]]:
    """Rule 1; what electronics take may be told with either sign."""
    below = [
        Odd(one.at, POWER, one.value, Why.EXPORTED, 0) for one in told if one.value < -FLOWING_W
    ]
    return [(one.at, max(0.0, one.value)) for one in told], [*odd, *below]


def _integral(
    powers: Sequence[tuple[datetime, float]], between: Callable[[float, float], float]
) -> list[Point]:
    """Nothing of a single power."""
    if len(powers) < 2:
        return []
    energy_wh, points = 0.0, [(powers[0][0], 0.0)]
    for (at, one), (until, other) in pairwise(powers):
        energy_wh += between(one, other) * (until - at).total_seconds() / 3600
        points.append((until, energy_wh))
    return points


def _mean(one: float, other: float) -> float:
    return (one + other) / 2


def _intervals(ordered: Sequence[Sample], span: Span) -> Beside:
    told = list(_told(ordered, span))
    if _is_register(told, span):
        return _as_register([s for s in ordered if s.interval_wh is not None], span)
    if _is_of_unit(told, 0.0):
        last = told[-1]
        odd = [Odd(last.at, INTERVAL, last.value, Why.UNIT, last.most)]
        return Beside(_sum([one._replace(value=one.value / KILO) for one in told]), odd)
    beyond = [one for one in told if one.value > one.most]
    odd = [Odd(one.at, INTERVAL, one.value, Why.BEYOND, one.most) for one in beyond]
    return Beside(_sum([one for one in told if one.value <= one.most]), odd)


def _told(ordered: Sequence[Sample], span: Span) -> list[_Told]:
    """Each with what can have flowed since the one before; by another clock, in all."""
    told, since = [], span.began_at
    for s in ordered:
        if s.interval_wh is None:
            continue
        until = s.at if s.is_trusted else max(s.at, span.ended_at or s.at)
        elapsed = until - (since if s.is_trusted else span.began_at)
        told.append(_Told(s.at, s.interval_wh, possible_wh(elapsed, span.limit_w) + AT_ONCE_WH))
        since = s.at
    return told


def _sum(told: Sequence[_Told]) -> list[Point]:
    reached = accumulate(one.value for one in told)
    return [(one.at, wh) for one, wh in zip(told, reached, strict=True)]


def _is_register(told: Sequence[_Told], span: Span) -> bool:
    """Rule 4."""
    steps = [after.value - before.value for before, after in pairwise(told)]
    if sum(step > 0 for step in steps) < _RISES or min(steps) < 0:
        return False
    most_wh = possible_wh((span.ended_at or told[-1].at) - span.began_at, span.limit_w)
    in_all_wh = sum(one.value for one in told)
    return in_all_wh > most_wh + AT_ONCE_WH or _is_proportional(told, span)


def _is_proportional(told: Sequence[_Told], span: Span) -> bool:
    """To the time since the begin, throughout, and many times over: no car is so."""
    since_s = [(one.at - span.began_at).total_seconds() for one in told]
    if len(told) < 2 * _RISES or since_s[0] <= 0 or since_s[-1] < 2 * _STEEP * since_s[0]:
        return False
    paces = [one.value / elapsed_s for one, elapsed_s in zip(told, since_s, strict=True)]
    return 0 < max(paces) <= _SLACK * min(paces)


def _as_register(samples: Sequence[Sample], span: Span) -> Beside:
    """From zero at the begin, if its first value goes with the pace of the others."""
    readings = [Reading(s.at, s.interval_wh or 0.0, s.is_trusted) for s in samples]
    pace = Pace(span.limit_w)
    kept = register.believed(runs_of(readings, pace), pace)
    points: list[Point] = []
    reached_wh = _before_wh(kept[0].first, kept[0].last, span)
    for run, between_wh in register.steps(kept, pace):
        reached_wh += between_wh
        points += [(r.at, reached_wh + r.wh - run.first.wh) for r in members(readings, run, pace)]
        reached_wh += run.gained_wh
    last = readings[-1]
    return Beside(points, [Odd(last.at, INTERVAL, last.wh, Why.CUMULATIVE, 0)])


def _before_wh(first: Reading, last: Reading, span: Span) -> float:
    elapsed_s = (last.at - first.at).total_seconds()
    before_s = (first.at - span.began_at).total_seconds()
    if elapsed_s <= 0 or before_s <= 0:
        return 0.0
    usual_wh = (last.wh - first.wh) * before_s / elapsed_s
    return first.wh if first.wh <= _STEEP * usual_wh else 0.0


def _is_of_unit(told: Sequence[_Told], least: float) -> bool:
    """Rule 2: most are too much, and each is possible as a thousandth."""
    if not _is_mostly_beyond(told):
        return False
    usual = median(one.value for one in told if one.value > one.most) / KILO
    return usual > least and all(one.value / KILO <= one.most for one in told)


def _is_mostly_beyond(told: Sequence[_Told]) -> bool:
    some = [one for one in told if one.value > 0]
    return 2 * sum(one.value > one.most for one in some) > len(some)
