"""How much energy a session took, from what its meter said. Pure.

The rules, in order:
1. Energy is what the import register gained between its first and last reading.
2. A reading up to 10 Wh below the one before is rounding: it counts as no gain.
3. A lower reading that a later one makes good was a glitch: it is left out.
4. A lower reading that stays low is a register that began again at zero: all it shows counts.
5. A gain beyond 1 MW of mean power is impossible: the reading is left out, if a later one is
   lower again or no battery holds so much. Where one of the two instants is not the station's
   own word nothing is known of the power between them.
6. Without any register, energy is the integral of the power samples (trapezoids).
7. Samples more than 5 minutes outside of the session belong to another one. Once a session has
   ended with a reading of its own, nothing that is dated after it counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext

ROUNDING_WH = 10.0
MAX_POWER_W = 1_000_000.0
MAX_STEP_WH = 1_000.0  # allowed at once, whatever the time between: clocks have seconds
LASTING_STEP_WH = 100_000.0  # allowed at once where nothing later speaks against it
OVERFLOW_WH = 1_000_000_000.0  # a first reading above it is 2^31-1 or its like
OUTSIDE = timedelta(minutes=5)
_RANK = {SampleContext.BEGIN.value: 0, SampleContext.END.value: 2}


Point = tuple[datetime, float]  # Wh that have flowed by then


class Reading(NamedTuple):
    """The register at one instant; see ``Sample.is_trusted``."""

    at: datetime
    wh: float
    is_trusted: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """What the samples of a session add up to; ``sampled_at`` is the instant of the last."""

    energy_wh: float = 0.0
    meter_start_wh: float | None = None
    meter_stop_wh: float | None = None
    register_at: datetime | None = None
    power_w: float | None = None
    max_power_w: float | None = None
    soc_pct: float | None = None
    soc_start_pct: float | None = None
    sampled_at: datetime | None = None

    @property
    def has_flowed(self) -> bool:
        return self.energy_wh > 0 or bool(self.max_power_w and self.max_power_w > 0)


def add(totals: Totals, sample: Sample) -> Totals | None:
    """``totals`` with a newer ``sample``; None where only a fresh ``total`` is right."""
    if totals.sampled_at is not None and sample.at <= totals.sampled_at:
        return None
    energy_wh = _step(totals, sample)
    return None if energy_wh is None else _noted(totals, sample, energy_wh)


def total(
    samples: Iterable[Sample], started_at: datetime, ended_at: datetime | None = None
) -> Totals:
    """The totals of all samples of a session, in whatever order they come."""
    return measure(samples, started_at, ended_at)[0]


def measure(
    samples: Iterable[Sample], started_at: datetime, ended_at: datetime | None = None
) -> tuple[Totals, list[Point]]:
    """``total``, and how its energy grew: at each sound reading, from 0 at the first of them."""
    ordered = _ordered(samples, started_at, ended_at)
    totals = Totals()
    for sample in ordered:
        totals = _noted(totals, sample, 0.0)
    if not (sound := _sound(ordered)):
        flowed = _integral(ordered)
        return replace(totals, energy_wh=flowed[-1][1] if flowed else 0.0), flowed
    gains = _gains(sound)
    return replace(
        totals,
        energy_wh=gains[-1][1],
        meter_start_wh=sound[0].wh,
        meter_stop_wh=sound[-1].wh,
        register_at=sound[-1].at,
    ), gains


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


def is_inside(sample: Sample, started_at: datetime, ended_at: datetime | None) -> bool:
    """Whether it may count for a session (rule 7)."""
    after_start = sample.at >= started_at - OUTSIDE
    return after_start and (ended_at is None or sample.at <= ended_at + OUTSIDE)


def order(sample: Sample) -> tuple[datetime, int, float, str]:
    """The order in which samples count."""
    return sample.at, _RANK.get(sample.context, 1), sample.register_wh or 0.0, sample.context


def _step(totals: Totals, sample: Sample) -> float | None:
    if sample.register_wh is None:
        is_measured = totals.meter_stop_wh is not None
        return totals.energy_wh if is_measured or sample.power_w is None else None
    if totals.meter_stop_wh is None or totals.register_at is None:
        return None if totals.sampled_at is not None else 0.0
    if totals.meter_start_wh is None or not _is_plain(totals, totals.meter_start_wh):
        return None
    gain_wh = sample.register_wh - totals.meter_stop_wh
    if gain_wh < 0 or not _is_possible(gain_wh, sample.at - totals.register_at):
        return None
    return sample.register_wh - totals.meter_start_wh


def _is_plain(totals: Totals, meter_start_wh: float) -> bool:
    """The register only ever rose; after a dip or a reset the readings before it matter."""
    stop_wh = totals.meter_stop_wh
    is_rise = stop_wh is not None and totals.energy_wh == stop_wh - meter_start_wh
    return is_rise and meter_start_wh <= OVERFLOW_WH


def _noted(totals: Totals, sample: Sample, energy_wh: float) -> Totals:
    has_register = sample.register_wh is not None
    first = totals.meter_start_wh is None and has_register
    return Totals(
        energy_wh=energy_wh,
        meter_start_wh=sample.register_wh if first else totals.meter_start_wh,
        meter_stop_wh=sample.register_wh if has_register else totals.meter_stop_wh,
        register_at=sample.at if has_register else totals.register_at,
        power_w=totals.power_w if sample.power_w is None else sample.power_w,
        max_power_w=_larger(totals.max_power_w, sample.power_w),
        soc_pct=totals.soc_pct if sample.soc_pct is None else sample.soc_pct,
        soc_start_pct=sample.soc_pct if totals.soc_start_pct is None else totals.soc_start_pct,
        sampled_at=sample.at,
    )


def _ordered(
    samples: Iterable[Sample], started_at: datetime, ended_at: datetime | None
) -> list[Sample]:
    inside = [s for s in samples if is_inside(s, started_at, ended_at)]
    return _up_to_the_end(sorted(inside, key=order), ended_at)


def _sound(ordered: list[Sample]) -> list[Reading]:
    registers = [
        Reading(s.at, s.register_wh, s.is_trusted) for s in ordered if s.register_wh is not None
    ]
    return _without_glitches(registers) if registers else []


def _without_glitches(registers: list[Reading]) -> list[Reading]:
    """Rules 3 and 5: leave out dips that are made good, and leaps that cannot be."""
    best_later = [float("-inf")] * (len(registers) + 1)
    possible = _without_leaps(registers)
    for index in range(len(possible) - 1, -1, -1):
        best_later[index] = max(possible[index].wh, best_later[index + 1])
    sound = possible[:1]
    for index, reading in enumerate(possible[1:], start=1):
        is_dip = reading.wh < sound[-1].wh - ROUNDING_WH
        if not (is_dip and best_later[index + 1] >= sound[-1].wh):
            sound.append(reading)
    return sound


def _without_leaps(registers: list[Reading]) -> list[Reading]:
    first = 0
    while first + 1 < len(registers) and registers[first].wh > OVERFLOW_WH:
        first += 1
    lowest_later = [*accumulate((r.wh for r in reversed(registers)), min)][::-1]
    sound = registers[first : first + 1]
    peak = registers[first]
    for index, reading in enumerate(registers[first + 1 :], start=first + 1):
        before = peak if reading.wh >= peak.wh else sound[-1]
        is_timed = reading.is_trusted and before.is_trusted
        step_wh = (
            LASTING_STEP_WH if lowest_later[index] >= reading.wh - ROUNDING_WH else MAX_STEP_WH
        )
        gain_wh, elapsed = reading.wh - before.wh, reading.at - before.at
        if not is_timed or _is_possible(gain_wh, elapsed, step_wh):
            sound.append(reading)
            peak = reading if reading.wh >= peak.wh else peak
    return sound


def _gains(registers: list[Reading]) -> list[Point]:
    before_reset, gains = 0.0, []
    base = peak = registers[0].wh
    for at, wh, _ in registers:
        if wh >= peak:
            peak = wh
        elif wh < peak - ROUNDING_WH:
            before_reset += peak - base
            base, peak = 0.0, wh
        gains.append((at, before_reset + (peak - base)))
    return gains


def _is_possible(gain_wh: float, elapsed: timedelta, step_wh: float = MAX_STEP_WH) -> bool:
    return gain_wh <= MAX_POWER_W * max(elapsed.total_seconds(), 0) / 3600 + step_wh


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


def _up_to_the_end(ordered: list[Sample], ended_at: datetime | None) -> list[Sample]:
    if ended_at is None:
        return ordered
    for index in range(len(ordered) - 1, -1, -1):
        is_end = ordered[index].context == SampleContext.END.value
        if is_end and ordered[index].register_wh is not None:
            return ordered[: index + 1]
    return ordered


def _larger(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _larger_phases(
    one: tuple[float | None, ...], other: tuple[float | None, ...]
) -> tuple[float | None, float | None, float | None]:
    l1, l2, l3 = (_larger(a, b) for a, b in zip(one, other, strict=True))
    return l1, l2, l3
