"""How much energy a session took, from what its meter said. Pure.

The rules, in order:
1. Energy is what the import register gained, by those of its readings that count (``sequence``)
   and are believed (``register``).
2. Without any register, energy is the sum of what the meter told of intervals.
3. Without those either, it is the integral of the power (trapezoids), which is that of volts
   times amperes where none was told.
4. A register that gained nothing, or of which nothing is believed, while the meter told that
   energy flowed, is doubted: then the intervals count, or else the least that the power tells.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, pairwise

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions import register
from apps.sessions.pace import (
    AT_ONCE_WH,
    FLOWING_W,
    Reading,
    ahead_wh,
    can_follow,
    is_sudden,
    possible_wh,
)
from apps.sessions.runs import Runs, decoded, encoded, follow, members
from apps.sessions.sequence import Span, arrange, larger, readings_of

LITTLE_WH = 100.0  # below that it took nothing worth speaking of
_BEGIN, _END = SampleContext.BEGIN.value, SampleContext.END.value

Point = tuple[datetime, float]  # Wh that have flowed by then


@dataclass(frozen=True, slots=True)
class Totals:
    """What the samples of a session add up to; ``sampled_at`` is the instant of the last, and
    ``flowed_at`` that of the last which shows that energy flowed.

    ``runs``: those of its register as ``register`` made them, "" for a single one;
    ``is_doubted``: some of its readings are not believed; ``ahead_wh``: see ``pace``.
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
    flowed_at: datetime | None = None
    runs: str = ""
    is_doubted: bool = False
    ahead_wh: float = 0.0

    @property
    def has_flowed(self) -> bool:
        return self.energy_wh > 0 or bool(self.max_power_w and self.max_power_w > 0)

    @property
    def shown(self) -> tuple[float | None, float | None]:
        """The register at its begin and at its end, so far."""
        return self.meter_start_wh, self.meter_stop_wh


def add(totals: Totals, sample: Sample, limit_w: float | None = None) -> Totals | None:
    """``totals`` with a newer ``sample``; None where only a fresh ``total`` is right."""
    if totals.sampled_at is not None and sample.context == _BEGIN:
        return totals if sample.register_wh in (None, totals.meter_start_wh) else None
    if totals.sampled_at is not None and sample.at <= totals.sampled_at:
        return None
    stepped = _step(totals, sample, limit_w)
    if stepped is None:
        return None
    noted = _noted(stepped, sample)
    return None if totals.sampled_at is not None and _is_unshown(noted, sample) else noted


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
    flowed_at = max((b.at for a, b in pairwise(readings) if _has_flowed(a, b)), default=None)
    totals = replace(totals, flowed_at=_later(totals.flowed_at, flowed_at))
    if not readings:
        flowed = _sum(ordered) or _integral(ordered)
        return replace(totals, energy_wh=flowed[-1][1] if flowed else 0.0), flowed
    measured, kept, limit_w = _judged(totals, readings, span.limit_w)
    if _is_too_much(measured, readings, span, limit_w):
        measured, kept = replace(measured, energy_wh=0.0, is_doubted=True), ()
    flowed = _flowed_beside(measured, ordered, span)
    if flowed:
        return _unmetered(measured, flowed), flowed
    return measured, list(_points(readings, kept, limit_w))


def _judged(
    totals: Totals, readings: Sequence[Reading], limit_w: float | None
) -> tuple[Totals, Runs, float | None]:
    runs, best, held_w = register.judged(readings, limit_w, totals.max_power_w)
    measured, kept = _registered(totals, best, held_w)
    measured = replace(
        measured,
        runs=encoded(runs) if len(runs) > 1 else "",
        is_doubted=measured.is_doubted or held_w != limit_w,
    )
    return measured, kept, held_w


def _is_too_much(
    totals: Totals, readings: Sequence[Reading], span: Span, limit_w: float | None
) -> bool:
    """In all, where readings tell no time of their own that they could be held to."""
    if span.ended_at is None or span.ended_at < span.began_at or all(r.is_timed for r in readings):
        return False
    return totals.energy_wh > possible_wh(span.ended_at - span.began_at, limit_w) + AT_ONCE_WH


def _flowed_beside(totals: Totals, ordered: Sequence[Sample], span: Span) -> list[Point]:
    """What flowed beside a register that did not show it; no more than can have."""
    if totals.energy_wh > 0:
        return []
    flowed = _sum(ordered) or _integral(ordered, least=True)
    if not flowed or flowed[-1][1] <= _unshown_wh(totals):
        return []
    most_wh = possible_wh((span.ended_at or ordered[-1].at) - span.began_at, span.limit_w)
    return [(at, min(wh, most_wh)) for at, wh in flowed]


def _unshown_wh(totals: Totals) -> float:
    """What may flow before a register shows it; one at zero may not have been read at all."""
    return AT_ONCE_WH if totals.meter_stop_wh and not totals.is_doubted else LITTLE_WH


def _unmetered(totals: Totals, flowed: Sequence[Point]) -> Totals:
    return replace(
        totals, energy_wh=flowed[-1][1], meter_start_wh=None, meter_stop_wh=None,
        register_at=None, runs="", is_doubted=True, ahead_wh=0.0,
    )  # fmt: skip


def _step(totals: Totals, sample: Sample, limit_w: float | None) -> Totals | None:
    if sample.register_wh is None:
        is_measured = totals.meter_stop_wh is not None
        return totals if is_measured or not _is_measuring(sample) else None
    reading = Reading(sample.at, sample.register_wh, sample.is_trusted, sample.context == _END)
    if totals.runs:
        return _followed(totals, reading, limit_w)
    if totals.meter_start_wh is None or totals.meter_stop_wh is None or totals.register_at is None:
        return None if totals.sampled_at is not None else _risen(totals, reading, reading.wh)
    before = Reading(totals.register_at, totals.meter_stop_wh, ahead_wh=totals.ahead_wh)
    if not can_follow(before, reading, limit_w) or is_sudden(before, reading):
        return None
    flowed_at = reading.at if _has_flowed(before, reading) else totals.flowed_at
    reading = reading._replace(ahead_wh=ahead_wh(before, reading, limit_w))
    return _risen(totals, reading, totals.meter_start_wh, flowed_at)


def _followed(totals: Totals, reading: Reading, limit_w: float | None) -> Totals:
    """A register of several runs, one reading further."""
    runs = decoded(totals.runs)
    last = max(runs, key=lambda run: run.until)
    if _has_flowed(last.last, reading):
        totals = replace(totals, flowed_at=reading.at)
    runs = follow(runs, reading, last.until + 1, limit_w)
    held_w = register.weighed(runs, limit_w, totals.max_power_w)
    measured = _registered(totals, runs, held_w)[0]
    return replace(measured, is_doubted=measured.is_doubted or held_w != limit_w)


def _risen(
    totals: Totals, reading: Reading, start_wh: float, flowed_at: datetime | None = None
) -> Totals:
    """A register of one run, the shortest way: most messages come here."""
    return Totals(
        max(0.0, reading.wh - start_wh), start_wh, reading.wh, reading.at,
        totals.power_w, totals.max_power_w, totals.soc_pct, totals.soc_start_pct,
        totals.sampled_at, flowed_at, ahead_wh=reading.ahead_wh,
    )  # fmt: skip


def _has_flowed(before: Reading, after: Reading) -> bool:
    """More than electronics take."""
    least_wh = FLOWING_W * max(0.0, (after.at - before.at).total_seconds()) / 3600
    return after.wh - before.wh > least_wh and can_follow(before, after)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return other if one is None else one if other is None else max(one, other)


def _registered(totals: Totals, runs: Runs, limit_w: float | None) -> tuple[Totals, Runs]:
    """With the runs that are believed; ``limit_w``: what may have flowed between them."""
    kept = register.believed(runs, limit_w)
    last = max(runs, key=lambda run: run.until).last
    measured = replace(
        totals,
        energy_wh=register.gained_wh(kept, limit_w),
        meter_start_wh=kept[0].first.wh,
        meter_stop_wh=kept[-1].last.wh,
        register_at=last.at,
        runs=encoded(runs) if len(runs) > 1 else "",
        is_doubted=register.is_doubted(runs, kept, limit_w),
        ahead_wh=last.ahead_wh,
    )
    return measured, kept


def _noted(totals: Totals, sample: Sample) -> Totals:
    """What the sample says besides the register."""
    is_flowing = sample.power_w is not None and sample.power_w > FLOWING_W
    return Totals(
        totals.energy_wh, totals.meter_start_wh, totals.meter_stop_wh, totals.register_at,
        totals.power_w if sample.power_w is None else sample.power_w,
        larger(totals.max_power_w, sample.power_w),
        totals.soc_pct if sample.soc_pct is None else sample.soc_pct,
        sample.soc_pct if totals.soc_start_pct is None else totals.soc_start_pct,
        sample.at, sample.at if is_flowing else totals.flowed_at, totals.runs, totals.is_doubted,
        totals.ahead_wh,
    )  # fmt: skip


def _points(readings: Sequence[Reading], kept: Runs, limit_w: float | None) -> Iterator[Point]:
    """Never falling, and at the end exactly what was gained."""
    reached_wh = 0.0
    for run, between_wh in register.steps(kept, limit_w):
        reached_wh += between_wh
        before_wh = run.first.wh
        for reading in members(readings, run, limit_w):
            before_wh = max(before_wh, min(reading.wh, run.last.wh))
            yield reading.at, reached_wh + (before_wh - run.first.wh)
        reached_wh += run.gained_wh


def _is_measuring(sample: Sample) -> bool:
    return sample.interval_wh is not None or power_of(sample) is not None


def _is_unshown(totals: Totals, sample: Sample) -> bool:
    """Its register has gained nothing, although energy flowed (rule 4)."""
    if totals.energy_wh > 0 or totals.meter_stop_wh is None:
        return False
    power_w = larger(totals.max_power_w, power_of(sample))
    return bool(sample.interval_wh) or (power_w or 0.0) > FLOWING_W


def power_of(sample: Sample) -> float | None:
    """W as told, or else volts times amperes of the phases that told both."""
    if sample.power_w is not None:
        return sample.power_w
    pairs = zip(sample.voltage_v, sample.current_a, strict=True)
    phases = [volts * amperes for volts, amperes in pairs if volts and amperes is not None]
    return sum(phases) if phases else None


def _sum(samples: Sequence[Sample]) -> list[Point]:
    told = [(s.at, s.interval_wh) for s in samples if s.interval_wh is not None]
    return [(at, wh) for (at, _), wh in zip(told, accumulate(wh for _, wh in told), strict=True)]


def _integral(samples: Sequence[Sample], *, least: bool = False) -> list[Point]:
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
