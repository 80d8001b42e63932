"""Where a clock was set in the middle of what it told. Pure.

Back: an instant lies before the one that came before it by the register. A few readings may be
dated wrongly by themselves; such a run is set aside where what is told before and after it leaves
room for it, and for what flowed.
Forth: readings came at a steady interval, and then none for much longer than what flowed meanwhile
took at the pace of the others, which is no more than if a few were lost. A car that pauses is told
of at the interval, too.
Still: the register goes on, and the instant is that of the reading before.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from apps.sessions.machine import LONGEST
from apps.sessions.pace import MAX_POWER_W, ROUNDING_WH
from apps.sessions.timing.eras import pace_of, stood
from apps.sessions.timing.told import ROUNDING, Era, Mark

_FEWEST = 3  # intervals that make a steady one
_SAME = 0.1  # of an interval, by which it may differ
_STOOD = 2  # readings that show the same instant as the one before; a single one may be odd
_LONGER = 3.0  # times the interval
_LEAST = timedelta(minutes=5)
_MOST_FLOW = 3.5  # times what flows in one interval: two or three readings may have been lost
FEW_STRAYS = 2  # that may be dated wrongly where the clock is right
_LONGEST_RUN = 200  # readings that are dated wrongly by themselves
_SHORTEST = timedelta(seconds=1)  # what lies closer was told for one instant


class Beat(NamedTuple):
    """How often readings came, and what flowed from one to the next."""

    every: timedelta
    flow_wh: float


def eras_of(marks: Sequence[Mark], told: Sequence[datetime] = ()) -> list[Era]:
    """What each clock told: cut where it was set or stood still, or where weeks lie between two
    instants. ``told``: all instants of readings, in order, whatever these show."""
    kept = _without_strays(marks)
    beat, is_still = _beat(kept), sum(stood(a, b) for a, b in pairwise(kept)) >= _STOOD
    eras = [[kept[0]]]
    for before, after in pairwise(kept):
        is_steady = -ROUNDING <= after.at - before.at <= LONGEST
        is_steady &= not (is_still and stood(before, after))
        if is_steady and not _is_forth(before, after, beat, _silence(told, before, after)):
            eras[-1].append(after)
        else:
            eras.append([after])
    return eras


def _without_strays(marks: Sequence[Mark]) -> list[Mark]:
    """First and last always stay."""
    most = _most(marks)
    kept: list[Mark] = [marks[0]]
    number = 1
    while number < len(marks):
        mark = marks[number]
        if _falls(kept[-1], mark):
            if stray := _run_ahead(kept, mark, most):
                del kept[-stray:]
            elif stray := _run_behind(marks, number, kept[-1], most):
                number += stray
                continue
        kept.append(mark)
        number += 1
    return kept


def _falls(before: Mark, after: Mark) -> bool:
    return after.at - before.at < -ROUNDING


def _run_ahead(kept: Sequence[Mark], mark: Mark, most: float) -> int:
    """How many of the last are dated too late, if those before them and ``mark`` are right."""
    for count in range(1, min(len(kept), _LONGEST_RUN)):
        before = kept[-count - 1]
        if not _falls(before, mark):
            return count if _has_room(before, kept[-count:], mark, most) else 0
    return 0


def _run_behind(marks: Sequence[Mark], number: int, before: Mark, most: float) -> int:
    """How many from ``number`` on are dated too early, if ``before`` and what follows are right."""
    for end in range(number + 1, min(len(marks), number + _LONGEST_RUN)):
        if not _falls(before, marks[end]):
            return end - number if _has_room(before, marks[number:end], marks[end], most) else 0
    return 0


def _has_room(before: Mark, run: Sequence[Mark], after: Mark, most: float) -> bool:
    """Whether the run, by its own length, and all that flowed can have been between the two."""
    instants = [mark.at for mark in run]
    elapsed = after.at - before.at
    flowed_wh = 0.0 if None in (before.wh, after.wh) else (after.wh or 0.0) - (before.wh or 0.0)
    is_possible = flowed_wh <= most * elapsed.total_seconds() + ROUNDING_WH
    return max(instants) - min(instants) <= elapsed and is_possible


def _most(marks: Sequence[Mark]) -> float:
    """Wh that can have flowed in a second: twice the most between two, or what a connector can."""
    paces = (pace_of([pair]) for pair in pairwise(marks))
    return 2 * max((pace for pace in paces if pace is not None), default=MAX_POWER_W / 3600)


def _beat(marks: Sequence[Mark]) -> Beat | None:
    """That of the readings, where it is steady; begin and end come at any time, and count where the
    readings are too few."""
    gaps = _gaps(marks[1:-1])
    if len(gaps) < _FEWEST:
        gaps = _gaps(marks)
    if len(gaps) < _FEWEST:
        return None
    every = timedelta(seconds=median(gap.total_seconds() for gap, _ in gaps))
    alike = [flow for gap, flow in gaps if abs(gap - every) <= _SAME * every]
    if every < _SHORTEST or len(alike) < _FEWEST or 3 * len(alike) < 2 * len(gaps):
        return None
    return Beat(every, median(alike))


def _gaps(marks: Sequence[Mark]) -> list[tuple[timedelta, float]]:
    shown = [mark for mark in marks if mark.wh is not None]
    return [(b.at - a.at, (b.wh or 0.0) - (a.wh or 0.0)) for a, b in pairwise(shown)]


def _silence(told: Sequence[datetime], before: Mark, after: Mark) -> timedelta:
    """For how long nothing at all was read between the two."""
    between = told[bisect_right(told, before.at) : bisect_left(told, after.at)]
    instants = [before.at, *between, after.at]
    return max(later - earlier for earlier, later in pairwise(instants))


def _is_forth(before: Mark, after: Mark, beat: Beat | None, silence: timedelta) -> bool:
    if beat is None or beat.flow_wh <= 0 or before.wh is None or after.wh is None:
        return False
    times = (after.wh - before.wh) / beat.flow_wh
    needed = beat.every * max(1.0, times)
    is_longer = silence > max(_LONGER * needed, needed + _LEAST)
    return is_longer and 0 < times <= _MOST_FLOW
