"""Which readings of a session are not believed, and why, in words for people. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions import register
from apps.sessions.register import Reading, Runs
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
    readings = list(readings_of(arrange(samples, span)))
    runs = register.runs_of(readings, span.limit_w)
    limit_w = register.weighed(runs, span.limit_w)
    kept = register.believed(runs, limit_w)
    found = [*_readings(readings, kept, limit_w), *_gaps(kept, limit_w)]
    return sorted(found)[:MOST]


def _readings(readings: Sequence[Reading], kept: Runs, limit_w: float | None) -> Iterator[Doubt]:
    sound = {id(r) for run in kept for r in register.members(readings, run, limit_w)}
    before: Reading | None = None
    for number, reading in enumerate(readings):
        if id(reading) in sound:
            before = reading
            continue
        after = next((r for r in readings[number + 1 :] if id(r) in sound), None)
        yield Doubt(reading.at, REGISTER, reading.wh, _why(before, reading, after, limit_w))


def _gaps(kept: Runs, limit_w: float | None) -> Iterator[Doubt]:
    for one, other in pairwise(kept):
        if register.between_wh(one, other, limit_w) is None:
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
        if not register.can_follow(before, reading, limit_w):
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
    advice = ": check the unit" if register.can_follow(before, of_unit, limit_w) else ""
    return f"{_kwh(gain_wh)} in {_length(elapsed)} cannot be{advice}."


def _kwh(wh: float) -> str:
    return f"{wh / 1000:,.1f} kWh".replace(",", "\u202f").replace(".0 ", " ")


def _length(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
