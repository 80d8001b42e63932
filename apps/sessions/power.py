"""What a meter told of power, and what flowed by that at the least and at the most. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions.sequence import Span

LEAST_W = 1_000.0  # no car charges with less (IEC 61851-1: 6 A): kW that were called W
LEAST_A = 5.0  # no car charges with less than 6 A, and meters are not exact
_LEAST_V, _MOST_TO_NEUTRAL_V = 100.0, 300.0  # of a phase, anywhere
NEAR = timedelta(minutes=30)  # power that was told may have flowed for so long
Point = tuple[datetime, float]  # Wh that have flowed by then, or W


class Flow(NamedTuple):
    """What flowed over a session by ``told`` powers: at the least, by trapezoids, at the most."""

    told: int
    peak_w: float
    least_wh: float
    mean_wh: float
    most_wh: float

    def times(self, factor: float) -> "Flow":
        """As if each power were that many times what it was told to be."""
        return Flow(self.told, *(one * factor for one in self[1:]))


def power_of(sample: Sample) -> float | None:
    """W as told, or else volts times amperes; volts that were told of some phases alone are those
    of the others, and where they are more than any phase has to neutral, lie between two."""
    if sample.power_w is not None:
        return sample.power_w
    told = [volts for volts in sample.voltage_v if volts]
    amperes = [each for each in sample.current_a if each is not None]
    if not told or not amperes:
        return None
    usual_v = sum(told) / len(told)
    is_between = len(amperes) > 1 and usual_v > _MOST_TO_NEUTRAL_V
    pairs = zip(sample.voltage_v, sample.current_a, strict=True)
    watts = sum((volts or usual_v) * each for volts, each in pairs if each is not None)
    return watts / sqrt(3) if is_between else watts


def current_wh(ordered: Sequence[Sample]) -> float:
    """What currents brought at the least that were told without volts, by which nothing is billed;
    none with which no car charges."""
    alone = [s for s in ordered if s.is_trusted and power_of(s) is None]
    told = [(s.at, [each for each in s.current_a if each is not None]) for s in alone]
    least_a = [
        (at, sum(each for each in phases if each >= LEAST_A)) for at, phases in told if phases
    ]
    return least_wh([(at, amperes * _LEAST_V) for at, amperes in least_a])


def powers_of(ordered: Sequence[Sample], *, by_ours: bool = False) -> list[Point]:
    """W that were told as such, each with its own instant, or ``by_ours`` where we dated it; what
    was exported is none."""
    dated = [s for s in ordered if s.is_trusted or by_ours]
    return [(s.at, max(0.0, s.power_w)) for s in dated if s.power_w is not None]


def flow_of(ordered: Sequence[Sample], span: Span, *, by_ours: bool = False) -> Flow | None:
    """By ``powers_of``; None where none was. Beyond first and last it is the strongest at most."""
    told = powers_of(ordered, by_ours=by_ours)
    if not told:
        return None
    peak_w = max(watts for _, watts in told)
    ends_s = (told[0][0] - span.began_at).total_seconds()
    ends_s += ((span.ended_at or told[-1][0]) - told[-1][0]).total_seconds()
    mean, most = 0.0, peak_w * max(0.0, ends_s) / 3600
    for (at, one), (until, other) in pairwise(told):
        hours = max(0.0, (until - at).total_seconds()) / 3600
        mean += (one + other) / 2 * hours
        most += max(one, other) * hours
    return Flow(len(told), peak_w, least_wh(told), mean, most)


def least_wh(powers: Sequence[Point]) -> float:
    """What flowed at the least; what flowed between two that are far apart is not known."""
    near = [(one, other) for one, other in pairwise(powers) if other[0] - one[0] <= NEAR]
    return sum(
        min(one[1], other[1]) * max(0.0, (other[0] - one[0]).total_seconds()) / 3600
        for one, other in near
    )
