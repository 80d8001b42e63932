"""How much energy a session took, from all that its meter said. Pure.

The rules, in order:
1. Energy is what the import register gained, by those of its readings that count (``sequence``)
   and are believed (``register``), which in the end all else that was told must bear out
   (``witness``).
2. Without any register, energy is the sum of what the meter told of intervals.
3. Without those either, it is the integral of the power (trapezoids), which is that of volts
   times amperes where none was told. Of both no more counts than can be (``beside``).
4. A register that gained nothing, or of which nothing is believed, while the meter told that
   energy flowed, is doubted: then the intervals count, or else the least that the power tells. So
   is one that gained not a tenth of that.
5. So is one that gained far more than the power can have brought: then the power counts.
6. Neither holds where all readings stand to the power in one proportion, and a car charges at that
   (``scale``): then the power was told in another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from apps.domain.events import Sample
from apps.sessions import beside, register, witness
from apps.sessions.beside import NOTHING, Beside, Odd
from apps.sessions.energy import LITTLE_WH, Totals, has_flowed, noted, registered
from apps.sessions.pace import AT_ONCE_WH, Pace, Reading, possible_wh
from apps.sessions.power import Flow, Point, current_wh, flow_of, powers_of
from apps.sessions.runs import Runs, encoded, members
from apps.sessions.scale import IN_SCALE, Scale, read_times, scale_of
from apps.sessions.sequence import Span, arrange, readings_of
from apps.sessions.units import AS_TOLD, Unit, in_wh, told_in
from apps.sessions.unread import begin_of


@dataclass(frozen=True, slots=True)
class Weighed:
    """The register of a session, weighed: its ``readings`` in Wh, and the ``unit`` in which they
    were told; all runs, those that count best, and the ``pace`` that they are held to; the ``flow``
    by the powers that were dated by their station, and by all that were ``told``, at their scale.

    ``is_narrow``: a connector is said to deliver less than its readings, all of which agree, show;
    ``begin``: what was known before, where a zero was told that is not believed; ``is_off_scale``:
    register and power contradict each other, by instants that tell it.
    """

    readings: Sequence[Reading]
    runs: Runs
    best: Runs
    pace: Pace
    flow: Flow | None = None
    told: Flow | None = None
    unit: Unit = AS_TOLD
    is_narrow: bool = False
    begin: Reading | None = None
    scale: Scale = IN_SCALE
    is_off_scale: bool = False

    @property
    def kept(self) -> Runs:
        """Those that count, in order."""
        return register.believed(self.best, self.pace)


@dataclass(frozen=True, slots=True)
class Measured:
    """The totals of a session; ``points``: how its energy grew, at each believed reading, from 0 at
    the first. ``power_wh``: what its power brought at the least, where that is far more than its
    register gained; ``odd``: what is in power and intervals, where these count; ``peak_a``: the
    strongest current of a phase, where currents without volts say that a register stood still."""

    totals: Totals
    points: list[Point]
    power_wh: float | None = None
    odd: Sequence[Odd] = ()
    peak_a: float | None = None


def total(samples: Iterable[Sample], span: Span) -> Totals:
    """The totals of all samples of a session, in whatever order they come."""
    return measure(samples, span).totals


def measure(samples: Iterable[Sample], span: Span) -> Measured:
    """All samples of a session, in whatever order they come."""
    ordered = arrange(samples, span)
    totals = _noted(ordered)
    weighed = weigh(ordered, span)
    if weighed is None:
        flowed, odd = beside.flowed(ordered, span)
        return Measured(_unmetered(totals, flowed, is_doubted=bool(odd)), flowed, odd=odd)
    measured, kept = _registered(totals, weighed)
    if _is_too_much(measured, weighed, span):
        measured, kept = replace(measured, energy_wh=0.0, is_doubted=True), ()
    flowed, odd = _flowed_beside(measured, ordered, span, weighed)
    if flowed:
        is_doubted = len(weighed.readings) > 1 or bool(odd)
        return Measured(_unmetered(measured, flowed, is_doubted=is_doubted), flowed, odd=odd)
    points = list(_points(weighed.readings, kept, weighed.pace))
    power_wh = witness.shortfall_wh(measured.energy_wh, weighed.readings, ordered, span)
    peak_a = _unshown_a(measured, ordered, span) if len(weighed.readings) > 1 else None
    if power_wh is not None or peak_a is not None:
        measured = replace(measured, is_doubted=True)
    return Measured(measured, points, power_wh, peak_a=peak_a)


def weigh(ordered: Sequence[Sample], span: Span) -> Weighed | None:
    """None where no register was told; what else was told bears it out only when all is known."""
    readings = list(readings_of(ordered))
    if not readings:
        return None
    if span.ended_at is not None:
        return _weighed_whole(readings, ordered, span)
    flow, pace = flow_of(ordered, span), Pace(span.limit_w)
    runs, best, held = register.judged(readings, pace, flow and flow.peak_w)
    return Weighed(readings, runs, best, held, is_narrow=held != pace)


def _weighed_whole(readings: list[Reading], ordered: Sequence[Sample], span: Span) -> Weighed:
    begin = begin_of(readings, span.shown, span.limit_w)
    if begin is not None:
        readings[0] = begin
    flow, told = flow_of(ordered, span), flow_of(ordered, span, by_ours=True)
    is_live = witness.is_heard_live(readings, told, span.limit_w)
    if is_live:
        readings, flow = witness.timed(readings), told
    unit = told_in(readings, told, span.limit_w)
    readings = in_wh(readings, unit)
    scale = scale_of(readings, powers_of(ordered, by_ours=is_live))
    times = read_times(scale, readings, flow, span.limit_w)
    flow, told = flow and flow.times(times), told and told.times(times)
    peak_w = flow and flow.peak_w
    pace = witness.pace_of(readings, flow, span.limit_w)
    runs, best, held = register.judged(readings, pace, peak_w)
    best = register.without_begin(readings, best, held) or best
    gained_wh = register.gained_wh(register.believed(best, held), held)
    if ends := witness.ends_of(readings, gained_wh, flow, span.limit_w):
        best = (*best, ends)
    is_off = scale.is_off and not (is_live and scale.times < 1)
    is_narrow = held != pace or witness.is_beyond(gained_wh, readings, span.limit_w)
    return Weighed(readings, runs, best, held, flow, told, unit, is_narrow, begin, scale, is_off)


def _noted(ordered: Sequence[Sample]) -> Totals:
    totals = Totals()
    for sample in ordered:
        totals = noted(totals, sample)
    flowed = [b.at for a, b in pairwise(readings_of(ordered)) if has_flowed(a, b)]
    if totals.flowed_at is not None:
        flowed.append(totals.flowed_at)
    return replace(totals, flowed_at=max(flowed, default=None))


def _registered(totals: Totals, weighed: Weighed) -> tuple[Totals, Runs]:
    measured, kept = registered(totals, weighed.best, weighed.pace)
    is_odd = weighed.is_narrow or weighed.unit.is_another or weighed.begin is not None
    is_doubted = measured.is_doubted or is_odd or weighed.is_off_scale
    runs = encoded(weighed.runs) if len(weighed.runs) > 1 else ""
    return replace(measured, runs=runs, is_doubted=is_doubted), kept


def _is_too_much(totals: Totals, weighed: Weighed, span: Span) -> bool:
    """In all, where readings tell no time of their own that they could be held to."""
    if span.ended_at is None or span.ended_at < span.began_at:
        return False
    if all(reading.is_timed for reading in weighed.readings):
        return False
    most_wh = possible_wh(span.ended_at - span.began_at, weighed.pace.limit_w) + AT_ONCE_WH
    return totals.energy_wh > most_wh


def _flowed_beside(
    totals: Totals, ordered: Sequence[Sample], span: Span, weighed: Weighed
) -> Beside:
    """What flowed beside a register that did not show it (rules 4, 5); no more than can have."""
    if witness.is_refuted(totals.energy_wh, weighed.flow, span.limit_w):
        return beside.by_power(ordered, span)
    is_short = witness.falls_short(totals.energy_wh, weighed.told, span.limit_w)
    if totals.energy_wh > 0 and not is_short:
        return NOTHING
    flowed, odd = beside.flowed(ordered, span, least=True)
    unshown_wh = LITTLE_WH if totals.energy_wh > 0 else _unshown_wh(totals)
    if not flowed or flowed[-1][1] <= unshown_wh:
        return NOTHING
    most_wh = possible_wh((span.ended_at or ordered[-1].at) - span.began_at, span.limit_w)
    return Beside([(at, min(wh, most_wh)) for at, wh in flowed], odd)


def _unshown_a(totals: Totals, ordered: Sequence[Sample], span: Span) -> float | None:
    """The strongest current, where more flowed by all of them than a register may fail to show."""
    is_still = span.ended_at is not None and totals.meter_start_wh == totals.meter_stop_wh
    if not is_still or totals.is_doubted or current_wh(ordered) <= _unshown_wh(totals):
        return None
    return max(each for s in ordered for each in s.current_a if each is not None)


def _unshown_wh(totals: Totals) -> float:
    """What may flow before a register shows it; one at zero may not have been read at all."""
    return AT_ONCE_WH if totals.meter_stop_wh and not totals.is_doubted else LITTLE_WH


def _unmetered(totals: Totals, flowed: Sequence[Point], *, is_doubted: bool) -> Totals:
    """Without the register, which does not count."""
    energy_wh = flowed[-1][1] if flowed else 0.0
    return replace(
        totals, energy_wh=energy_wh, meter_start_wh=None, meter_stop_wh=None,
        register_at=None, runs="", is_doubted=is_doubted, ahead_wh=0.0,
    )  # fmt: skip


def _points(readings: Sequence[Reading], kept: Runs, pace: Pace) -> Iterator[Point]:
    """Never falling, and at the end exactly what was gained."""
    reached_wh = 0.0
    for run, between_wh in register.steps(kept, pace):
        reached_wh += between_wh
        before_wh = run.first.wh
        for reading in members(readings, run, pace):
            before_wh = max(before_wh, min(reading.wh, run.last.wh))
            yield reading.at, reached_wh + (before_wh - run.first.wh)
        reached_wh += run.gained_wh
