"""How much energy a session took, from what its meter said. Pure.

The rules, in order:
1. Energy is what the import register gained over the readings that are believed (``register``).
2. The reading at its begin comes first and the one at its end last, whatever their instants;
   stations repeat the first in later messages. Nothing that is dated after the last counts.
3. Readings more than 5 minutes outside of the session are left aside. Where no two others show
   what it took, they count by their size: their dates are wrong, and the session names them.
4. Without any register, energy is the integral of the power samples (trapezoids).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions import register
from apps.sessions.register import Reading, Runs, decoded, encoded

OUTSIDE = timedelta(minutes=5)
_BEGIN, _END = SampleContext.BEGIN.value, SampleContext.END.value
_RANK = {_BEGIN: 0, _END: 2}

Point = tuple[datetime, float]  # Wh that have flowed by then


@dataclass(frozen=True, slots=True)
class Totals:
    """What the samples of a session add up to; ``sampled_at`` is the instant of the last.

    ``runs``: those of its register as ``register`` made them, "" for a single one;
    ``is_doubted``: some of its readings are not believed.
    """

    energy_wh: float = 0.0
    meter_start_wh: float | None = None
    meter_stop_wh: float | None = None
    register_at: datetime | None = None
    power_w: float | None = None
    max_power_w: float | None = None
    soc_pct: float | None = None
    soc_start_pct: float | None = None
    sampled_at: datetime | None = None
    runs: str = ""
    is_doubted: bool = False

    @property
    def has_flowed(self) -> bool:
        return self.energy_wh > 0 or bool(self.max_power_w and self.max_power_w > 0)

    @property
    def shown(self) -> tuple[float | None, float | None]:
        """The register at its begin and at its end, so far."""
        return self.meter_start_wh, self.meter_stop_wh


class Span(NamedTuple):
    """From when to when a session runs, and what its connector is said to deliver."""

    began_at: datetime
    ended_at: datetime | None = None
    limit_w: float | None = None


def add(totals: Totals, sample: Sample, limit_w: float | None = None) -> Totals | None:
    """``totals`` with a newer ``sample``; None where only a fresh ``total`` is right."""
    if totals.sampled_at is not None and sample.context == _BEGIN:
        return totals if sample.register_wh in (None, totals.meter_start_wh) else None
    if totals.sampled_at is not None and sample.at <= totals.sampled_at:
        return None
    stepped = _step(totals, sample, limit_w)
    return None if stepped is None else _noted(stepped, sample)


def total(samples: Iterable[Sample], span: Span) -> Totals:
    """The totals of all samples of a session, in whatever order they come."""
    return measure(samples, span)[0]


def measure(samples: Iterable[Sample], span: Span) -> tuple[Totals, list[Point]]:
    """``total``, and how its energy grew: at each believed reading, from 0 at the first."""
    ordered = arrange(samples, span)
    totals = Totals()
    for sample in ordered:
        totals = _noted(totals, sample)
    readings = list(readings_of(ordered))
    if not readings:
        flowed = _integral(ordered)
        return replace(totals, energy_wh=flowed[-1][1] if flowed else 0.0), flowed
    runs = register.runs_of(readings, span.limit_w)
    kept = register.believed(runs, span.limit_w)
    return _registered(totals, runs, kept, span.limit_w), list(_points(readings, kept, span))


def arrange(samples: Iterable[Sample], span: Span) -> list[Sample]:
    """Those that may count, in the order in which they do, the first and last within the span."""
    ordered = sorted(samples, key=order)
    begin, end = _first_of(ordered), _last_of(ordered) if span.ended_at else []
    rest = [s for s in ordered if s not in (*begin, *end) and not _repeats(begin, s)]
    begin, end = [_within(s, span) for s in begin], [_within(s, span) for s in end]
    since = begin[0].at if begin else span.began_at - OUTSIDE
    until = end[0].at if end else None
    inside = [s for s in rest if is_inside(s, span) and _is_between(s, since, until)]
    if sum(s.register_wh is not None for s in (*begin, *inside, *end)) < 2:
        inside += _by_size(s for s in rest if not is_inside(s, span))
    return [*begin, *inside, *end]


def readings_of(ordered: Iterable[Sample]) -> Iterator[Reading]:
    """What the register showed, in that order."""
    for s in ordered:
        if s.register_wh is not None:
            yield Reading(s.at, s.register_wh, s.is_trusted, s.context == _END)


def ends_of(samples: Iterable[Sample]) -> tuple[float | None, float | None]:
    """What the register showed at the begin and at the end, where the station told that."""
    ordered = sorted((s for s in samples if s.context in (_BEGIN, _END)), key=order)
    begin, end = _first_of(ordered), _last_of(ordered)
    return begin[0].register_wh if begin else None, end[0].register_wh if end else None


def merge_samples(one: Sample, other: Sample) -> Sample:
    """Two samples of the same instant and context; the larger where both have a quantity."""
    return Sample(
        at=one.at,
        context=one.context,
        register_wh=_larger(one.register_wh, other.register_wh),
        power_w=_larger(one.power_w, other.power_w),
        soc_pct=_larger(one.soc_pct, other.soc_pct),
        current_a=_larger_phases(one.current_a, other.current_a),
        voltage_v=_larger_phases(one.voltage_v, other.voltage_v),
        is_trusted=one.is_trusted or other.is_trusted,
    )


def is_inside(sample: Sample, span: Span) -> bool:
    """Whether its instant is one of the session (rule 3)."""
    after_start = sample.at >= span.began_at - OUTSIDE
    return after_start and (span.ended_at is None or sample.at <= span.ended_at + OUTSIDE)


def order(sample: Sample) -> tuple[datetime, int, float, str]:
    """The order of time in which samples count."""
    return sample.at, _RANK.get(sample.context, 1), sample.register_wh or 0.0, sample.context


def _step(totals: Totals, sample: Sample, limit_w: float | None) -> Totals | None:
    if sample.register_wh is None:
        is_measured = totals.meter_stop_wh is not None
        return totals if is_measured or sample.power_w is None else None
    reading = Reading(sample.at, sample.register_wh, sample.is_trusted, sample.context == _END)
    if totals.runs:
        runs = decoded(totals.runs)
        number = max(run.until for run in runs) + 1
        runs = register.follow(runs, reading, number, limit_w)
        return _registered(totals, runs, register.believed(runs, limit_w), limit_w)
    if totals.meter_start_wh is None or totals.meter_stop_wh is None or totals.register_at is None:
        return None if totals.sampled_at is not None else _risen(totals, reading, reading.wh)
    before = Reading(totals.register_at, totals.meter_stop_wh)
    if not register.can_follow(before, reading, limit_w) or register.is_sudden(before, reading):
        return None
    return _risen(totals, reading, totals.meter_start_wh)


def _risen(totals: Totals, reading: Reading, start_wh: float) -> Totals:
    """A register of one run, the shortest way: most messages come here."""
    return Totals(
        max(0.0, reading.wh - start_wh), start_wh, reading.wh, reading.at,
        totals.power_w, totals.max_power_w, totals.soc_pct, totals.soc_start_pct,
        totals.sampled_at,
    )  # fmt: skip


def _registered(totals: Totals, runs: Runs, kept: Runs, limit_w: float | None) -> Totals:
    return replace(
        totals,
        energy_wh=register.gained_wh(kept, limit_w),
        meter_start_wh=kept[0].first.wh,
        meter_stop_wh=kept[-1].last.wh,
        register_at=max(runs, key=lambda run: run.until).last.at,
        runs=encoded(runs) if len(runs) > 1 else "",
        is_doubted=register.is_doubted(runs, kept, limit_w),
    )


def _noted(totals: Totals, sample: Sample) -> Totals:
    """What the sample says besides the register."""
    return Totals(
        totals.energy_wh, totals.meter_start_wh, totals.meter_stop_wh, totals.register_at,
        totals.power_w if sample.power_w is None else sample.power_w,
        _larger(totals.max_power_w, sample.power_w),
        totals.soc_pct if sample.soc_pct is None else sample.soc_pct,
        sample.soc_pct if totals.soc_start_pct is None else totals.soc_start_pct,
        sample.at, totals.runs, totals.is_doubted,
    )  # fmt: skip


def _first_of(ordered: Sequence[Sample]) -> list[Sample]:
    """The reading at the begin, if there is one."""
    begins = (s for s in ordered if s.context == _BEGIN and s.register_wh is not None)
    return list(islice(begins, 1))


def _last_of(ordered: Sequence[Sample]) -> list[Sample]:
    ends = (s for s in reversed(ordered) if s.context == _END and s.register_wh is not None)
    return list(islice(ends, 1))


def _repeats(begin: list[Sample], sample: Sample) -> bool:
    """The reading at the begin, told once more."""
    if not begin or sample.context != _BEGIN:
        return False
    return sample.register_wh in (None, begin[0].register_wh)


def _within(sample: Sample, span: Span) -> Sample:
    """The first or last reading, whose clock may have been another than the session's."""
    at = max(sample.at, span.began_at)
    at = at if span.ended_at is None else min(at, max(span.began_at, span.ended_at))
    return sample if at == sample.at else replace(sample, at=at)


def _is_between(sample: Sample, since: datetime, until: datetime | None) -> bool:
    return since <= sample.at and (until is None or sample.at <= until)


def _by_size(samples: Iterable[Sample]) -> list[Sample]:
    shown = [replace(s, is_trusted=False) for s in samples if s.register_wh is not None]
    return sorted(shown, key=lambda s: s.register_wh or 0.0)


def _points(readings: Sequence[Reading], kept: Runs, span: Span) -> Iterator[Point]:
    """Never falling, and at the end exactly what was gained."""
    reached_wh = 0.0
    for run, between_wh in register.steps(kept, span.limit_w):
        reached_wh += between_wh
        before_wh = run.first.wh
        for reading in register.members(readings, run, span.limit_w):
            before_wh = max(before_wh, min(reading.wh, run.last.wh))
            yield reading.at, reached_wh + (before_wh - run.first.wh)
        reached_wh += run.gained_wh


def _integral(samples: list[Sample]) -> list[Point]:
    energy_wh, flowed = 0.0, []
    before: tuple[datetime, float] | None = None
    for sample in samples:
        if sample.power_w is None:
            continue
        if before is not None:
            mean_w = (before[1] + sample.power_w) / 2
            energy_wh += mean_w * (sample.at - before[0]).total_seconds() / 3600
        before = sample.at, sample.power_w
        flowed.append((sample.at, energy_wh))
    return flowed


def _larger(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _larger_phases(
    one: tuple[float | None, ...], other: tuple[float | None, ...]
) -> tuple[float | None, float | None, float | None]:
    l1, l2, l3 = (_larger(a, b) for a, b in zip(one, other, strict=True))
    return l1, l2, l3
