"""Which samples of a session count, and in what order. Pure.

The rules:
1. The reading at its begin comes first and the one at its end last, whatever their instants;
   stations repeat either, by other instants. Nothing that is dated after the end counts.
2. Readings more than 5 minutes outside of the session are left aside. Where no others show what
   it took, they count by their size: their dates are wrong, and the session names them. So
   do readings without a date of their own that came all at once. Not so what another stop told
   than the one that counts: a stop counts as a whole, its instant and its register.
3. An instant before that of the reading before it, or one that begin, end and all between share,
   says nothing of the time between them. Nor does that of an end after which readings are dated
   that the register shows to lie before it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from math import inf
from typing import NamedTuple

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.pace import ROUNDING_WH, Reading, possible_wh
from apps.sessions.unread import Shown

OUTSIDE = timedelta(minutes=5)
SLACK = timedelta(seconds=5)  # between an end and what was read at it
_ZERO = timedelta(0)
_BEGIN, _END = SampleContext.BEGIN.value, SampleContext.END.value
_RANK = {_BEGIN: 0, _END: 2}


class Span(NamedTuple):
    """From when to when a session runs, what its connector is said to deliver, and what the
    session before it ``shown``, where that is asked (``unread``)."""

    began_at: datetime
    ended_at: datetime | None = None
    limit_w: float | None = None
    shown: Shown | None = None


def arrange(samples: Iterable[Sample], span: Span) -> list[Sample]:
    """Those that may count, in the order in which they do, the first and last within the span."""
    ordered = sorted(samples, key=order)
    begin, end = _first_of(ordered), _last_of(ordered, span.ended_at) if span.ended_at else []
    rest = [s for s in ordered if s not in (*begin, *end) and not _repeats((*begin, *end), s)]
    if span.ended_at is not None and span.ended_at < span.began_at:
        span = span._replace(ended_at=None)  # not yet settled: nothing is known of the end
    is_stuck = _stands_still([*begin, *rest, *end])
    begin = [replace(s, at=span.began_at) for s in begin]
    since = span.began_at if begin else span.began_at - OUTSIDE
    is_early = any(_is_outrun(s, [*begin, *rest]) for s in end)
    end = [
        replace(s, at=span.ended_at or s.at, is_trusted=s.is_trusted and not is_early) for s in end
    ]
    until = None if span.ended_at is None else span.ended_at + (_ZERO if end else SLACK)
    inside = [s for s in rest if is_inside(s, span) and _is_between(s, since, until)]
    if _came_at_once(inside):
        inside = [*(s for s in inside if s.register_wh is None), *_by_size(inside)]
    if is_stuck:
        inside = [replace(s, is_trusted=False) for s in inside]
    shown = sum(s.register_wh is not None for s in inside)
    if shown == 0 or (shown == 1 and not begin and not end):
        inside += _by_size(s for s in rest if not is_inside(s, span) and not _is_of_stop(s, end))
    return [*begin, *inside, *end]


def readings_of(ordered: Iterable[Sample]) -> Iterator[Reading]:
    """What the register showed, in that order (rule 3)."""
    latest_at: datetime | None = None
    for s in ordered:
        if s.register_wh is not None:
            is_timed = s.is_trusted and (latest_at is None or s.at >= latest_at)
            latest_at = s.at
            yield Reading(s.at, s.register_wh, is_timed, s.context == _END, s.context == _BEGIN)


def ends_of(
    samples: Iterable[Sample], ended_at: datetime | None
) -> tuple[float | None, float | None]:
    """What the register showed at the begin and at the end, where the station told that.

    A reading that is not said to be that of the end is, if it was taken at its very instant.
    """
    ordered = sorted((s for s in samples if s.register_wh is not None), key=order)
    begin = _first_of(ordered)
    end = _last_of(ordered, ended_at) or [s for s in ordered if s.at == ended_at][-1:]
    return begin[0].register_wh if begin else None, end[0].register_wh if end else None


def merge_samples(one: Sample, other: Sample) -> Sample:
    """Two samples of the same instant and context; the larger where both have a quantity."""
    return Sample(
        at=one.at,
        context=one.context,
        register_wh=larger(one.register_wh, other.register_wh),
        power_w=larger(one.power_w, other.power_w),
        soc_pct=larger(one.soc_pct, other.soc_pct),
        current_a=_larger_phases(one.current_a, other.current_a),
        voltage_v=_larger_phases(one.voltage_v, other.voltage_v),
        is_trusted=one.is_trusted or other.is_trusted,
        interval_wh=larger(one.interval_wh, other.interval_wh),
    )


def is_inside(sample: Sample, span: Span) -> bool:
    """Whether its instant is one of the session (rule 2)."""
    after_start = sample.at >= span.began_at - OUTSIDE
    return after_start and (span.ended_at is None or sample.at <= span.ended_at + OUTSIDE)


def order(sample: Sample) -> tuple[datetime, int, float, str]:
    """The order of time in which samples count; those of one instant lie microseconds apart."""
    return (
        sample.at.replace(microsecond=sample.at.microsecond // 1000 * 1000),
        _RANK.get(sample.context, 1),
        sample.register_wh or 0.0,
        sample.context,
    )


def _first_of(ordered: Sequence[Sample]) -> list[Sample]:
    """The reading at the begin, if there is one."""
    begins = (s for s in ordered if s.context == _BEGIN and s.register_wh is not None)
    return list(islice(begins, 1))


def _last_of(ordered: Sequence[Sample], ended_at: datetime | None) -> list[Sample]:
    """That of the end which counts: of several the nearest to it, and of these the last."""
    ends = [s for s in ordered if s.context == _END and s.register_wh is not None]
    if ended_at is None:
        return ends[-1:]
    return sorted(ends, key=lambda s: abs(s.at - ended_at), reverse=True)[-1:]


def _repeats(ends: Sequence[Sample], sample: Sample) -> bool:
    """The reading at the begin or at the end, told once more."""
    same = [end for end in ends if end.context == sample.context]
    return any(sample.register_wh in (None, end.register_wh) for end in same)


def _is_of_stop(sample: Sample, end: list[Sample]) -> bool:
    """Told by another stop than the one that counts."""
    return bool(end) and sample.context == _END


def _is_between(sample: Sample, since: datetime, until: datetime | None) -> bool:
    return since <= sample.at and (until is None or sample.at <= until)


def _came_at_once(samples: Sequence[Sample]) -> bool:
    """Dated by our clock, within a time in which nothing of it can have flowed."""
    shown = [s for s in samples if s.register_wh is not None]
    if len(shown) < 2 or any(s.is_trusted for s in shown):
        return False
    sizes = [s.register_wh or 0.0 for s in shown]
    return max(sizes) - min(sizes) > possible_wh(shown[-1].at - shown[0].at) + ROUNDING_WH


def _is_outrun(end: Sample, others: Iterable[Sample]) -> bool:
    """Readings are dated well after the end, and of them the register says that it came later."""
    shown = [s for s in others if s.register_wh is not None]
    before_wh = max((s.register_wh or 0.0 for s in shown if s.at <= end.at), default=inf)
    later = (s.register_wh or 0.0 for s in shown if s.at > end.at + OUTSIDE)
    return any(before_wh < wh <= (end.register_wh or 0.0) for wh in later)


def _stands_still(samples: Sequence[Sample]) -> bool:
    """A clock that told one instant for all."""
    told = [s.at for s in samples if s.register_wh is not None]
    return len(told) > 2 and len(set(told)) == 1


def _by_size(samples: Iterable[Sample]) -> list[Sample]:
    shown = [replace(s, is_trusted=False) for s in samples if s.register_wh is not None]
    return sorted(shown, key=lambda s: s.register_wh or 0.0)


def _larger_phases(
    one: tuple[float | None, ...], other: tuple[float | None, ...]
) -> tuple[float | None, float | None, float | None]:
    l1, l2, l3 = (larger(a, b) for a, b in zip(one, other, strict=True))
    return l1, l2, l3


def larger(one: float | None, other: float | None) -> float | None:
    """Of two quantities of which either may not have been told."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
