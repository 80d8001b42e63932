"""When in its minute a session ended whose end was told in whole minutes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from apps.domain.clocks import APART
from apps.sessions.timing.eras import in_order, pace_of
from apps.sessions.timing.told import USUAL_W, Mark, Said

_MINUTE, _ZERO = timedelta(minutes=1), timedelta(0)


def in_its_minute(said: Said, readings: Iterable[Mark]) -> Said:
    """``said`` with an end after all that was read before it, and as much later as its energy
    took at the fastest pace of the session (rule 9)."""
    end = said.end
    if end is None or not end.is_told or end.at.second or end.at.microsecond:
        return said
    before = [mark for mark in readings if _is_before(mark, end.at, said.told_wh[1])]
    if said.begin.is_told and said.begin.at < end.at + _MINUTE:
        before.append(said.begin)
    if not before:
        return said
    ordered = in_order(before)
    last = max(ordered, key=lambda mark: mark.at)
    latest = max(last.at, min(end.at + _MINUTE, _heard_at(said, end.at)))
    pace = _fastest(ordered) or (USUAL_W / 3600 if last.at > end.at else None)
    flowed_at = last.at + _needed(last, said.told_wh[1], pace)
    is_possible = end.at + APART <= flowed_at <= latest + APART
    ended_at = min(flowed_at, latest) if is_possible else end.at
    return replace(said, end=end._replace(at=max(last.at, ended_at)))


def _is_before(mark: Mark, ended_at: datetime, told_wh: float | None) -> bool:
    """Earlier, or in that minute where the register says that it came before the end."""
    if not mark.is_told or mark.at >= ended_at + _MINUTE:
        return False
    if mark.wh is None or told_wh is None:
        return mark.at <= ended_at
    return mark.wh <= told_wh


def _heard_at(said: Said, ended_at: datetime) -> datetime:
    """By the station's clock; of one that runs ahead nothing is known."""
    heard_at = (said.ended_heard_at or ended_at) + (said.offset or _ZERO)
    return heard_at if heard_at > ended_at else ended_at + _MINUTE


def _fastest(ordered: Sequence[Mark]) -> float | None:
    """Wh in a second between two readings."""
    paces = (pace_of([pair]) for pair in pairwise(ordered))
    return max((pace for pace in paces if pace is not None), default=None)


def _needed(last: Mark, told_wh: float | None, pace: float | None) -> timedelta:
    """Until the register showed as much; an hour at the most."""
    if last.wh is None or told_wh is None or pace is None:
        return _ZERO
    return timedelta(seconds=min(3600.0, (told_wh - last.wh) / pace))
