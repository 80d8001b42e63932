"""What a meter told of power, and what flowed by that at the least and at the most. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions.sequence import Span

LEAST_W = 1_000.0  # no car charges with less (IEC 61851-1: 6 A): kW that were called W
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
    """W as told, or else volts times amperes of the phases that told both."""
    if sample.power_w is not None:
        return sample.power_w
    pairs = zip(sample.voltage_v, sample.current_a, strict=True)
    phases = [volts * amperes for volts, amperes in pairs if volts and amperes is not None]
    return sum(phases) if phases else None


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
