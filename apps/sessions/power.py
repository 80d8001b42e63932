"""What a meter told of power and of intervals, and what flowed by that. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions.sequence import Span

Point = tuple[datetime, float]  # Wh that have flowed by then


class Flow(NamedTuple):
    """What flowed over a session by ``told`` powers: at the least, by trapezoids, at the most."""

    told: int
    peak_w: float
    least_wh: float
    mean_wh: float
    most_wh: float


def power_of(sample: Sample) -> float | None:
    """W as told, or else volts times amperes of the phases that told both."""
    if sample.power_w is not None:
        return sample.power_w
    pairs = zip(sample.voltage_v, sample.current_a, strict=True)
    phases = [volts * amperes for volts, amperes in pairs if volts and amperes is not None]
    return sum(phases) if phases else None


def flow_of(ordered: Sequence[Sample], span: Span, *, by_ours: bool = False) -> Flow | None:
    """By the powers that were told as such, each with its own instant, or ``by_ours`` where we
    dated it; None where none was. Beyond the first and the last it is the strongest at the most.
    """
    told = [
        (s.at, s.power_w) for s in ordered if s.power_w is not None and (s.is_trusted or by_ours)
    ]
    if not told:
        return None
    peak_w = max(watts for _, watts in told)
    ends_s = (told[0][0] - span.began_at).total_seconds()
    ends_s += ((span.ended_at or told[-1][0]) - told[-1][0]).total_seconds()
    least, mean, most = 0.0, 0.0, peak_w * max(0.0, ends_s) / 3600
    for (at, one), (until, other) in pairwise(told):
        hours = max(0.0, (until - at).total_seconds()) / 3600
        least += min(one, other) * hours
        mean += (one + other) / 2 * hours
        most += max(one, other) * hours
    return Flow(len(told), peak_w, least, mean, most)


def sum_of(samples: Sequence[Sample]) -> list[Point]:
    """What the meter told of intervals, one after the other."""
    told = [(s.at, s.interval_wh) for s in samples if s.interval_wh is not None]
    return [(at, wh) for (at, _), wh in zip(told, accumulate(wh for _, wh in told), strict=True)]


def integral_of(samples: Sequence[Sample], *, least: bool = False) -> list[Point]:
    """By trapezoids; ``least``: by the lower of the two powers."""
    energy_wh, flowed = 0.0, []
    before: tuple[datetime, float] | None = None
    for sample in samples:
        power_w = power_of(sample)
        if power_w is None:
            continue
        if before is not None:
            mean_w = min(before[1], power_w) if least else (before[1] + power_w) / 2
            energy_wh += mean_w * (sample.at - before[0]).total_seconds() / 3600
        before = sample.at, power_w
        flowed.append((sample.at, energy_wh))
    return flowed
