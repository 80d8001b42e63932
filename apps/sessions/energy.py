"""What a session took so far, one reading of its meter after the other. Pure.

Most messages come here: the work does not grow with the session. Where only all of its samples can
tell, ``measuring`` does.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions import register
from apps.sessions.pace import (
    ANY,
    FLOWING_W,
    ROUNDING_WH,
    Pace,
    Reading,
    ahead_wh,
    can_follow,
    is_sudden,
)
from apps.sessions.power import power_of
from apps.sessions.runs import Runs, decoded, encoded, follow
from apps.sessions.sequence import larger

SAME_WH = 0.01  # what adding up may be off
LITTLE_WH = 100.0  # below that it took nothing worth speaking of
_BEGIN, _END = SampleContext.BEGIN.value, SampleContext.END.value


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

    def billed(self, decided_wh: float | None = None) -> "Totals":
        """With what a person ``decided_wh``, or else without registers whose difference is not
        billed: of a register that began again, or cannot have risen so."""
        if decided_wh is not None:
            return replace(self, energy_wh=decided_wh)
        gained_wh = (self.meter_stop_wh or 0.0) - (self.meter_start_wh or 0.0)
        is_rounded = -ROUNDING_WH <= gained_wh < self.energy_wh == 0
        if is_rounded or abs(gained_wh - self.energy_wh) < SAME_WH:
            return self
        return replace(self, meter_start_wh=None, meter_stop_wh=None)


def add(totals: Totals, sample: Sample, limit_w: float | None = None) -> Totals | None:
    """``totals`` with a newer ``sample``; None where only all of them can tell (``measuring``).

    ``limit_w`` is what its connector is said to deliver.
    """
    if totals.sampled_at is not None and sample.context == _BEGIN:
        return totals if sample.register_wh in (None, totals.meter_start_wh) else None
    if totals.sampled_at is not None and sample.at <= totals.sampled_at:
        return None
    stepped = _step(totals, sample, ANY if limit_w is None else Pace(limit_w))
    if stepped is None:
        return None
    after = noted(stepped, sample)
    return None if totals.sampled_at is not None and _is_unshown(after, sample) else after


def _step(totals: Totals, sample: Sample, pace: Pace) -> Totals | None:
    if sample.register_wh is None:
        is_measured = totals.meter_stop_wh is not None
        return totals if is_measured or not _is_measuring(sample) else None
    reading = Reading(sample.at, sample.register_wh, sample.is_trusted, sample.context == _END)
    if totals.runs:
        return _followed(totals, reading, pace)
    if totals.meter_start_wh is None or totals.meter_stop_wh is None or totals.register_at is None:
        return None if totals.sampled_at is not None else _risen(totals, reading, reading.wh)
    before = Reading(totals.register_at, totals.meter_stop_wh, ahead_wh=totals.ahead_wh)
    if not can_follow(before, reading, pace) or is_sudden(before, reading, pace):
        return None
    flowed_at = reading.at if has_flowed(before, reading) else totals.flowed_at
    reading = reading._replace(ahead_wh=ahead_wh(before, reading, pace))
    return _risen(totals, reading, totals.meter_start_wh, flowed_at)


def _followed(totals: Totals, reading: Reading, pace: Pace) -> Totals | None:
    """A register of several runs, one reading further; not after a clock that stood still."""
    runs = decoded(totals.runs)
    last = max(runs, key=lambda run: run.until)
    if reading.is_timed and not last.last.is_timed:
        return None
    if has_flowed(last.last, reading):
        totals = replace(totals, flowed_at=reading.at)
    runs = follow(runs, reading, last.until + 1, pace)
    held = register.weighed(runs, pace, totals.max_power_w)
    measured = registered(totals, runs, held)[0]
    return replace(measured, is_doubted=measured.is_doubted or held != pace)


def _risen(
    totals: Totals, reading: Reading, start_wh: float, flowed_at: datetime | None = None
) -> Totals:
    """A register of one run, the shortest way: most messages come here."""
    return Totals(
        max(0.0, reading.wh - start_wh), start_wh, reading.wh, reading.at,
        totals.power_w, totals.max_power_w, totals.soc_pct, totals.soc_start_pct,
        totals.sampled_at, flowed_at, ahead_wh=reading.ahead_wh,
    )  # fmt: skip


def has_flowed(before: Reading, after: Reading) -> bool:
    """More than electronics take."""
    least_wh = FLOWING_W * max(0.0, (after.at - before.at).total_seconds()) / 3600
    return after.wh - before.wh > least_wh and can_follow(before, after)


def registered(totals: Totals, runs: Runs, pace: Pace) -> tuple[Totals, Runs]:
    """With the runs that are believed; ``pace``: what may have flowed between them."""
    kept = register.believed(runs, pace)
    last = max(runs, key=lambda run: run.until).last
    measured = replace(
        totals,
        energy_wh=register.gained_wh(kept, pace),
        meter_start_wh=kept[0].first.wh,
        meter_stop_wh=kept[-1].last.wh,
        register_at=last.at,
        runs=encoded(runs) if len(runs) > 1 else "",
        is_doubted=register.is_doubted(runs, kept, pace),
        ahead_wh=last.ahead_wh,
    )
    return measured, kept


def noted(totals: Totals, sample: Sample) -> Totals:
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


def _is_measuring(sample: Sample) -> bool:
    return sample.interval_wh is not None or power_of(sample) is not None


def _is_unshown(totals: Totals, sample: Sample) -> bool:
    """Its register has gained nothing, although energy flowed (rule 4)."""
    if totals.energy_wh > 0 or totals.meter_stop_wh is None:
        return False
    power_w = larger(totals.max_power_w, power_of(sample))
    return bool(sample.interval_wh) or (power_w or 0.0) > FLOWING_W
