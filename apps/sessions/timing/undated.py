"""Instants that a station tells and that are no word of when it was. Pure.

Crowded: of several readings that the register tells apart, and that are told for one instant, it
dates none, where begin and end leave room for all that flowed.
Renewed: of what was heard all at once, an instant at which it was heard is that of its sending,
where the register contradicts it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from apps.domain.clocks import APART
from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.pace import AT_ONCE_WH, ROUNDING_WH, possible_wh
from apps.sessions.timing.told import BATTERY_WH, LEAST, Said

CROWD = 3  # readings
AT_ONCE = timedelta(seconds=30)
_ENDS = frozenset({SampleContext.BEGIN.value, SampleContext.END.value})


def undated(said: Said, samples: Collection[Sample], limit_w: float | None = None) -> Said:
    """Begin and end that are renewed are no word of the station."""
    renewed = _renewed(said, samples, limit_w)
    begin, end = said.begin, said.end
    if begin.at in renewed:
        begin = begin._replace(is_told=False)
    if end is not None and end.at in renewed:
        end = end._replace(is_told=False)
    return replace(said, begin=begin, end=end)


def without_dates(
    said: Said, samples: Collection[Sample], limit_w: float | None = None
) -> Collection[Sample]:
    """The readings; those of which the instant says nothing are not the word of the station."""
    odd = _crowded(said, samples, limit_w) | _renewed(said, samples, limit_w)
    if not odd:
        return samples
    return [
        replace(s, is_trusted=False) if s.at in odd and s.context not in _ENDS else s
        for s in samples
    ]


def _renewed(said: Said, samples: Collection[Sample], limit_w: float | None) -> set[datetime]:
    """Instants, where it was heard in less time than what flowed takes, and what was told for
    them cannot have flowed meanwhile, or is less than what is dated before."""
    heard_at = said.ended_heard_at
    if said.end is None or heard_at is None:
        return set()
    heard = heard_at - said.began_heard_at
    most_wh = possible_wh(heard, limit_w) + AT_ONCE_WH
    if heard > AT_ONCE or not most_wh < _gained_wh(said) <= BATTERY_WH:
        return set()
    since, until = said.began_heard_at - APART, heard_at + APART
    told = [(s.at, s.register_wh) for s in samples if s.is_trusted and s.context not in _ENDS]
    told += [(m.at, wh) for m, wh in zip((said.begin, said.end), said.told_wh, strict=True)]
    low_wh, high_wh = (wh or 0.0 for wh in said.told_wh)
    shown = [(at, wh) for at, wh in told if wh is not None and low_wh <= wh <= high_wh]
    here = [wh for at, wh in shown if since < at < until]
    if not here:
        return set()
    before = [wh for at, wh in shown if at <= since]
    is_sudden = max(here) - min(here) > most_wh
    if is_sudden or (before and max(before) > min(here) + ROUNDING_WH):
        return {at for at, _ in told if since < at < until}
    return set()


def _crowded(said: Said, samples: Collection[Sample], limit_w: float | None) -> set[datetime]:
    """Instants, where the session has room for what flowed."""
    if said.end is None or not (said.begin.is_told and said.end.is_told):
        return set()
    took = said.end.at - said.begin.at
    if took < LEAST or _gained_wh(said) > possible_wh(took, limit_w) + AT_ONCE_WH:
        return set()
    told: dict[datetime, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.is_trusted and sample.register_wh is not None and sample.context not in _ENDS:
            told[_whole(sample.at)].append(sample)
    return {
        s.at
        for at, crowd in told.items()
        if _is_told_apart(crowd) and not (at == _whole(said.end.at) and _has_stood(said, crowd))
        for s in crowd
    }


def _has_stood(said: Said, crowd: Sequence[Sample]) -> bool:
    """Of a crowd at the end: whether much had flowed before it, so that the clock stood then."""
    first_wh = min(s.register_wh or 0.0 for s in crowd)
    return first_wh - (said.told_wh[0] or 0.0) > _gained_wh(said) / 4


def _is_told_apart(crowd: Sequence[Sample]) -> bool:
    if len(crowd) < CROWD:
        return False
    shown = [s.register_wh or 0.0 for s in crowd]
    return max(shown) - min(shown) > ROUNDING_WH


def _whole(at: datetime) -> datetime:
    """Readings of one instant are kept microseconds apart."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _gained_wh(said: Said) -> float:
    begin_wh, end_wh = said.told_wh
    return 0.0 if begin_wh is None or end_wh is None else end_wh - begin_wh
