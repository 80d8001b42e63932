"""Which readings of a session are not believed, and why, in words for people. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions import register
from apps.sessions.energy import measure
from apps.sessions.pace import Reading, can_follow
from apps.sessions.runs import Runs, members
from apps.sessions.sequence import Span, arrange, readings_of

REGISTER = "Energy.Active.Import.Register"
BETWEEN = "Energy between two readings"
MOST = 50


class Doubt(NamedTuple):
    """What is set aside: ``value`` in Wh, ``why`` a sentence."""

    at: datetime
    what: str
    value: float
    why: str


def doubts_of(samples: Iterable[Sample], span: Span) -> list[Doubt]:
    """Oldest first, at most MOST of them."""
    ordered = arrange(samples, span)
    readings = list(readings_of(ordered))
    if not readings:
        return []
    seen_w = max((s.power_w for s in ordered if s.power_w is not None), default=None)
    _, runs, limit_w = register.judged(readings, span.limit_w, seen_w)
    kept = register.believed(runs, limit_w)
    found = [*_readings(readings, kept, limit_w), *_gaps(kept, limit_w)]
    if span.limit_w is not None and limit_w is not None and limit_w > span.limit_w:
        found += _beyond(readings, span.limit_w, limit_w)
    return (sorted(found) or _whole(ordered, readings, span))[:MOST]


def _beyond(readings: Sequence[Reading], limit_w: float, held_w: float) -> Iterator[Doubt]:
    """Believed, since the others show as much: what the connector is said not to deliver."""
    for before, after in pairwise(readings):
        if can_follow(before, after, held_w) and not can_follow(before, after, limit_w):
            why = (
                f"{_kwh(after.wh - before.wh)} in {_length(after.at - before.at)} are more than"
                f" the connector is said to deliver ({limit_w / 1000:g} kW)."
            )
            yield Doubt(after.at, REGISTER, after.wh, why)


def _whole(ordered: Sequence[Sample], readings: Sequence[Reading], span: Span) -> list[Doubt]:
    """The register as a whole, where the rest of what the meter told does not bear it out."""
    first, last = readings[0], readings[-1]
    totals, _ = measure(ordered, span)
    if not totals.is_doubted:
        return []
    if totals.meter_stop_wh is None:
        why = "It did not move, although the meter told that energy flowed."
        return [Doubt(last.at, REGISTER, last.wh, why)]
    elapsed = (span.ended_at or last.at) - span.began_at
    why = f"{_kwh(last.wh - first.wh)} in {_length(elapsed)} cannot be."
    return [Doubt(last.at, REGISTER, last.wh, why)]


def _readings(readings: Sequence[Reading], kept: Runs, limit_w: float | None) -> Iterator[Doubt]:
    sound = {id(r) for run in kept for r in members(readings, run, limit_w)}
    before: Reading | None = None
    for number, reading in enumerate(readings):
        if id(reading) in sound:
            before = reading
            continue
        after = next((r for r in readings[number + 1 :] if id(r) in sound), None)
        beside = before or (readings[number - 1] if number else None)
        yield Doubt(reading.at, REGISTER, reading.wh, _why(beside, reading, after, limit_w))


def _gaps(kept: Runs, limit_w: float | None) -> Iterator[Doubt]:
    for (one, other), known_wh in zip(pairwise(kept), register.gaps_of(kept, limit_w), strict=True):
        if known_wh is None:
            gap_wh = other.first.wh - one.last.wh
            why = _too_much(one.last, other.first, limit_w) if gap_wh > 0 else _fell(one.last)
            yield Doubt(other.first.at, BETWEEN, gap_wh, why)


def _why(
    before: Reading | None, reading: Reading, after: Reading | None, limit_w: float | None
) -> str:
    if reading.wh == 0 and after is not None and after.wh > 0:
        return "The meter had not been read yet."
    if before is not None:
        if reading.wh < before.wh:
            return _fell(before)
        if not can_follow(before, reading, limit_w):
            return _too_much(before, reading, limit_w)
    if after is not None and after.wh < reading.wh:
        return f"It is above the {_kwh(after.wh)} that followed."
    return "The other readings do not confirm it."


def _fell(before: Reading) -> str:
    return f"It is below the {_kwh(before.wh)} before it."


def _too_much(before: Reading, reading: Reading, limit_w: float | None) -> str:
    """A thousandth of it that could be speaks for a wrong unit."""
    gain_wh, elapsed = reading.wh - before.wh, reading.at - before.at
    of_unit = reading._replace(wh=before.wh + gain_wh / 1000)
    advice = ": check the unit" if can_follow(before, of_unit, limit_w) else ""
    return f"{_kwh(gain_wh)} in {_length(elapsed)} cannot be{advice}."


def _kwh(wh: float) -> str:
    return f"{wh / 1000:,.1f} kWh".replace(",", "\u202f").replace(".0 ", " ")


def _length(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
