"""Which readings of a session are not believed or odd, and why, in words for people. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions import register
from apps.sessions.beside import POWER, Odd, Why
from apps.sessions.energy import Totals
from apps.sessions.measuring import Measured, Weighed, measure, weigh
from apps.sessions.pace import MAX_POWER_W, Pace, Reading, can_follow
from apps.sessions.runs import Runs, members
from apps.sessions.scale import Scale
from apps.sessions.sequence import Span, arrange
from apps.sessions.units import Which

REGISTER = "Energy.Active.Import.Register"
BETWEEN = "Energy between two readings"
MOST = 50


class Doubt(NamedTuple):
    """What is set aside, or odd and ``counts``: ``value`` as told, Wh or W; ``why`` sentences."""

    at: datetime
    what: str
    value: float
    why: str
    counts: bool = False


def doubts_of(samples: Iterable[Sample], span: Span) -> list[Doubt]:
    """Oldest first, at most MOST of them."""
    ordered = arrange(samples, span)
    weighed, measured = weigh(ordered, span), measure(ordered, span)
    found = [_beside(odd, span.limit_w) for odd in measured.odd]
    if weighed is not None:
        found += _set_aside(weighed)
        if not _is_aside(measured.totals, weighed):
            found += _odd(measured, weighed, span)
        elif measured.totals.is_doubted:
            found.append(_whole(measured.totals, weighed, span))
    return sorted(found)[:MOST]


def _set_aside(weighed: Weighed) -> Iterator[Doubt]:
    """What of its register does not count, beside what does."""
    yield from _readings(weighed)
    yield from _gaps(weighed.kept, weighed.pace)
    if weighed.begin is not None:
        known = f"The session before ended at {_kwh(weighed.begin.wh)}, where this one began."
        why = f"The meter had not been read yet. {known}"
        yield Doubt(weighed.begin.at, REGISTER, 0.0, why)


def _is_aside(totals: Totals, weighed: Weighed) -> bool:
    """Whether nothing that its register gained is billed."""
    gained_wh = register.gained_wh(weighed.kept, weighed.pace)
    return totals.register_at is None or totals.energy_wh == 0 < gained_wh


def _odd(measured: Measured, weighed: Weighed, span: Span) -> Iterator[Doubt]:
    """What of its register counts, and is odd."""
    yield from _restarts(weighed.kept, weighed.pace)
    if weighed.is_narrow:
        yield from _beyond(weighed, span.limit_w or MAX_POWER_W)
    if weighed.unit.is_another:
        yield _of_unit(weighed)
    last = weighed.readings[-1]._replace(wh=weighed.unit.as_told(weighed.readings[-1]))
    if measured.power_wh is not None:
        yield _short(measured.totals.energy_wh, measured.power_wh, last)
    elif weighed.is_off_scale:
        yield _of_scale(measured.totals.energy_wh, weighed.scale, last)
    if measured.peak_a is not None:
        told = f"It did not move, although the meter told of up to {measured.peak_a:.1f} A"
        why = f"{told}; what flowed is not known without volts."
        yield Doubt(last.at, REGISTER, last.wh, why, True)


def _beside(odd: Odd, limit_w: float | None) -> Doubt:
    """What was told of power or of an interval, and cannot be."""
    told = _kw(odd.value) if odd.what == POWER else _kwh(odd.value)
    said = f"the connector is said to deliver ({limit_w / 1000:g} kW)" if limit_w else "can be"
    more = f"{told} are more than {said}"
    as_told = _kw(odd.value / 1000) if odd.what == POWER else _kwh(odd.value / 1000)
    why = {
        Why.EXPORTED: f"{told} bring nothing in: it was given back, or its sign is wrong.",
        Why.UNIT: f"{more}: it is read as {as_told}, which counts. Check the unit.",
        Why.BEYOND: f"{more}: check the unit.",
        Why.WIDE: f"{more}, and count, since the others show as much.",
        Why.CUMULATIVE: "It rises like a register, not as single intervals: it is read as one.",
    }[odd.why]
    return Doubt(odd.at, odd.what, odd.value, why, odd.counts)


def _short(gained_wh: float, power_wh: float, last: Reading) -> Doubt:
    """The meter counts."""
    why = f"It gained {_kwh(gained_wh)}, and the power told brought {_kwh(power_wh)} at the least."
    return Doubt(last.at, REGISTER, last.wh, why, True)


def _of_scale(gained_wh: float, scale: Scale, last: Reading) -> Doubt:
    """The meter counts."""
    told = f"{_many(scale.times)} times what the power told brings"
    if scale.most_wh == 0:
        told = "although the power told was none"
    elif scale.times < 1:
        told = f"and the power told brings {_many(1 / scale.times)} times that"
    why = f"It gained {_kwh(gained_wh)}, which counts, {told}: check the power."
    return Doubt(last.at, REGISTER, last.wh, why, True)


def _many(times: float) -> str:
    return f"{times:,.0f}".replace(",", "\u202f") if times >= 10 else f"{times:.1f}"


def _of_unit(weighed: Weighed) -> Doubt:
    """It is read as the power says, or as the other readings do."""
    readings, unit = weighed.readings, weighed.unit
    last = [reading for reading in readings if unit.holds(reading)][-1]
    gained_wh = last.wh - readings[0].wh
    if unit.of is Which.ALL:
        gained = f"It gained {_kwh(gained_wh / unit.times)}, and by the power {_kwh(gained_wh)}"
        why = f"{gained}, which counts: check the unit."
    elif unit.of is Which.ENDS:
        why = f"Those between show {_kwh(last.wh)}, as which it counts: check the unit."
    else:
        place = "between begin and end" if readings[-1].is_last else "near the begin"
        why = f"It is not {place}; {_kwh(last.wh)} is, as which it counts: check the unit."
    return Doubt(last.at, REGISTER, unit.as_told(last), why, True)


def _restarts(kept: Runs, pace: Pace) -> Iterator[Doubt]:
    for (one, other), gap_wh in zip(pairwise(kept), register.gaps_of(kept, pace), strict=True):
        if gap_wh is not None and other.first.wh < one.last.wh:
            why = f"{_fell(one.last)} It began again: both of its parts count."
            yield Doubt(other.first.at, REGISTER, other.first.wh, why, True)


def _beyond(weighed: Weighed, limit_w: float) -> Iterator[Doubt]:
    """Believed, since the others show as much: what the connector is said not to deliver, from one
    reading to the next, or else over all that follow each other."""
    narrow = weighed.pace._replace(limit_w=limit_w)
    steps = [
        (one, other)
        for one, other in pairwise(weighed.readings)
        if can_follow(one, other, weighed.pace) and not can_follow(one, other, narrow)
    ]
    whole = [(run.first, run.last) for run in weighed.kept if run.gained_wh > 0]
    for before, after in steps or whole:
        why = (
            f"{_kwh(after.wh - before.wh)} in {_length(after.at - before.at)} are more than"
            f" the connector is said to deliver ({limit_w / 1000:g} kW)."
        )
        yield Doubt(after.at, REGISTER, weighed.unit.as_told(after), why, True)


def _whole(totals: Totals, weighed: Weighed, span: Span) -> Doubt:
    """The register as a whole, where the rest of what the meter told does not bear it out."""
    first, last = weighed.readings[0], weighed.readings[-1]
    gained, elapsed = _kwh(last.wh - first.wh), (span.ended_at or last.at) - span.began_at
    if totals.register_at is not None:
        why = f"{gained} in {_length(elapsed)} cannot be."
    elif last.wh <= first.wh:
        why = "It did not move, although the meter told that energy flowed."
    elif last.wh - first.wh < totals.energy_wh or totals.max_power_w is None:
        why = f"It gained {gained}, and the power that was told gives {_kwh(totals.energy_wh)}."
    else:
        why = f"It gained {gained}, and power was never above {totals.max_power_w / 1000:.1f} kW."
    return Doubt(last.at, REGISTER, weighed.unit.as_told(last), why)


def _readings(weighed: Weighed) -> Iterator[Doubt]:
    """Those that are not among the runs that count, nor what is told once more of one that is."""
    readings, pace = weighed.readings, weighed.pace
    sound = {(r.at, r.wh) for run in weighed.kept for r in members(readings, run, pace)}
    before: Reading | None = None
    for number, reading in enumerate(readings):
        if (reading.at, reading.wh) in sound:
            before = reading
            continue
        if number == 0 and weighed.begin is not None:
            continue
        after = next((r for r in readings[number + 1 :] if (r.at, r.wh) in sound), None)
        if before is None and reading.wh == 0 and after is not None and after.wh > 0:
            why = "The meter had not been read yet."
        else:
            beside = before or (readings[number - 1] if number else None)
            why = _why(beside, reading, after, pace)
        yield Doubt(reading.at, REGISTER, weighed.unit.as_told(reading), why)


def _gaps(kept: Runs, pace: Pace) -> Iterator[Doubt]:
    for (one, other), known_wh in zip(pairwise(kept), register.gaps_of(kept, pace), strict=True):
        if known_wh is None:
            gap_wh = other.first.wh - one.last.wh
            why = _too_much(one.last, other.first, pace) if gap_wh > 0 else _fell(one.last)
            yield Doubt(other.first.at, BETWEEN, gap_wh, why)


def _why(before: Reading | None, reading: Reading, after: Reading | None, pace: Pace) -> str:
    if before is not None:
        if reading.wh < before.wh:
            return _fell(before)
        if not can_follow(before, reading, pace):
            return _too_much(before, reading, pace)
    if after is not None and after.wh < reading.wh:
        return f"It is above the {_kwh(after.wh)} that followed."
    if after is not None and before is None and not can_follow(reading, after, pace):
        return f"From it to the next one: {_too_much(reading, after, pace)}"
    return "The other readings do not confirm it."


def _fell(before: Reading) -> str:
    return f"It is below the {_kwh(before.wh)} before it."


def _too_much(before: Reading, reading: Reading, pace: Pace) -> str:
    """A thousandth of it that could be speaks for a wrong unit."""
    gain_wh, elapsed = reading.wh - before.wh, reading.at - before.at
    of_unit = reading._replace(wh=before.wh + gain_wh / 1000)
    advice = ": check the unit" if can_follow(before, of_unit, pace) else ""
    return f"{_kwh(gain_wh)} in {_length(elapsed)} cannot be{advice}."


def _kwh(wh: float) -> str:
    """Wh where kWh would show nothing of it."""
    if 0 < abs(wh) < 50:
        return f"{wh:.1f} Wh".replace(".0 ", " ")
    return f"{wh / 1000:,.1f} kWh".replace(",", "\u202f").replace(".0 ", " ")


def _kw(watts: float) -> str:
    return f"{watts / 1000:,.1f} kW".replace(",", "\u202f").replace(".0 ", " ").replace("-", "−")


def _length(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
