"""Which samples of an ended session may go without changing what is told of it. Pure.

What stays, of each quantity by itself:
1. The first and the last.
2. Both sides of each full quarter of an hour, so that what is interpolated there is the same.
3. Both sides of where power begins or ceases to flow, and of where the register falls.
4. The most and the least power.
Besides, whole: what is not periodic, what lies at the border of a charging period, what is dated
by our clock, and what lies outside of the session.

Then the proof: totals and charging periods, of which a price is a function, are computed from all
and from what stays, by the functions that bills use. Where they differ the session stays whole.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from apps.domain.events import Sample
from apps.domain.periods import ChargingPeriod
from apps.domain.vocabulary import SampleContext
from apps.sessions import measuring, sequence
from apps.sessions.energy import Totals
from apps.sessions.periods import periods_of
from apps.sessions.sequence import Span

QUARTER = timedelta(minutes=15)
FLOWING_W = 50.0  # below that no car charges, and electronics may take it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[datetime, str]  # instant, context
Series = list[tuple[Sample, float]]
_QUANTITIES: tuple[Callable[[Sample], float | None], ...] = (
    lambda s: s.register_wh,
    lambda s: s.power_w,
    lambda s: s.soc_pct,
    *((lambda s, phase=phase: s.current_a[phase]) for phase in range(3)),
    *((lambda s, phase=phase: s.voltage_v[phase]) for phase in range(3)),
)
_REGISTER, _POWER = _QUANTITIES[:2]


def superfluous(
    samples: Iterable[Sample],
    began_at: datetime,
    ended_at: datetime,
    limit_w: float | None = None,
) -> set[Key]:
    """The keys of what may go; none where all of it is needed."""
    ordered = sorted(samples, key=sequence.order)
    span = Span(began_at, ended_at, limit_w)
    totals, periods = told_of(ordered, span)
    borders = {at for period in periods for at in (period.began_at, period.ended_at)}
    needed = {key_of(s) for s in ordered if s.at in borders or not _is_plain(s)}
    inside = [s for s in ordered if sequence.is_inside(s, span)]
    needed |= {key_of(s) for s in ordered} - {key_of(s) for s in inside}
    needed |= {key_of(s) for s in _marks(inside)}
    kept = [s for s in ordered if key_of(s) in needed]
    if told_of(kept, span) != (totals, periods):
        return set()
    return {key_of(s) for s in ordered} - needed


def told_of(samples: Iterable[Sample], span: Span) -> tuple[Totals, tuple[ChargingPeriod, ...]]:
    """All that a bill is made of; ``span`` of a session that has ended."""
    measured = measuring.measure(samples, span)
    ended_at = span.ended_at or span.began_at
    periods = periods_of(measured.points, (), span.began_at, ended_at)
    return replace(measured.totals, runs=""), periods


def news(told: Mapping[Key, Sample], kept: Mapping[Key, Sample]) -> dict[Key, Sample]:
    """What of late samples says more than those that a thinned session kept.

    Between two of them nothing does: what went there is known to have changed nothing.
    """
    if not kept:
        return dict(told)
    first_at, last_at = min(kept)[0], max(kept)[0]
    return {key: s for key, s in told.items() if not first_at <= s.at <= last_at}


def key_of(sample: Sample) -> Key:
    return sample.at, sample.context


def _is_plain(sample: Sample) -> bool:
    return sample.is_trusted and sample.context == SampleContext.PERIODIC.value


def _marks(ordered: list[Sample]) -> Iterator[Sample]:
    """What each quantity needs of its own."""
    for quantity in _QUANTITIES:
        series = [(s, value) for s in ordered if (value := quantity(s)) is not None]
        if series:
            yield from (series[0][0], series[-1][0])
        for before, after in pairwise(series):
            if _is_turn(quantity, before, after):
                yield from (before[0], after[0])
        if quantity is _POWER and series:
            yield max(series, key=_value)[0]
            yield min(series, key=_value)[0]


def _is_turn(
    quantity: Callable[[Sample], float | None],
    before: tuple[Sample, float],
    after: tuple[Sample, float],
) -> bool:
    if _quarter(before[0]) != _quarter(after[0]):
        return True
    if quantity is _POWER:
        return (before[1] > FLOWING_W) != (after[1] > FLOWING_W)
    return quantity is _REGISTER and after[1] < before[1]


def _quarter(sample: Sample) -> int:
    return (sample.at - _EPOCH) // QUARTER


def _value(point: tuple[Sample, float]) -> float:
    return point[1]
