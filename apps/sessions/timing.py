"""When a session began and ended, where its station's clock cannot have been right. Pure.

A station says when it began, when each reading was taken and when it ended; we know when we
heard of begin and end. The register says in which order the readings came. The rules:

1. As long as nothing speaks against it the station is believed, however late it is heard.
2. An instant before the one that came before it, or more than 31 days after it, shows that the
   clock was set in between: what was told before and after are told by two clocks.
3. Of several clocks the one is believed that was nearest to ours when it was heard; of two that
   summer time sets apart the one that told more.
4. What another clock told keeps its length, and lies beside what is believed at the distance in
   which the energy between them flowed: at the session's own pace, or else at 11 kW. It cannot
   lie after it was heard.
5. A step back of less than an hour is the end of summer time: the distance is that of the hour.
6. A clock that stands still, while more flows than can, ends the session when that was heard.
7. A clock that is known to be off, by what was told live, is set right by that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.hearing import LIVE
from apps.sessions.machine import LONGEST
from apps.sessions.pace import AT_ONCE_WH, SUDDEN_W, possible_wh

ROUNDING = timedelta(minutes=2)  # of stations that tell full minutes
SUMMER = timedelta(hours=1)
BATTERY_WH = 100_000.0
LEAST = timedelta(minutes=1)  # over so long a time a pace shows
USUAL_W = 11_000.0  # of three phases at 16 A, where a session shows no pace of its own
_ZERO = timedelta(0)
_ENDS = frozenset({SampleContext.BEGIN.value, SampleContext.END.value})


class Mark(NamedTuple):
    """An instant, and the register then; ``is_told`` by the station, or when that was heard."""

    at: datetime
    wh: float | None = None
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """How a session began and ended as its station tells, and when we heard of it.

    ``offset``: the clock of the begin less ours, where that is known.
    """

    begin: Mark
    began_heard_at: datetime
    end: Mark | None = None
    ended_heard_at: datetime | None = None
    offset: timedelta | None = None

    @property
    def began_at(self) -> datetime:
        return self.begin.at

    @property
    def ended_at(self) -> datetime | None:
        return self.end.at if self.end else None


class Settled(NamedTuple):
    """``is_odd``: the clock of the station cannot have been right throughout."""

    began_at: datetime
    ended_at: datetime | None
    is_odd: bool = False


Era = list[Mark]  # what one clock told, in order


def times_of(said: Said, samples: Iterable[Sample], limit_w: float | None = None) -> Settled:
    """``settle`` where the samples of a session, or its begin and end, show a sign of rule 2."""
    if said.offset is not None:
        return _set_right(said, said.offset)
    marks = [Mark(s.at, s.register_wh, s.is_trusted) for s in samples if s.context not in _ENDS]
    shown = [mark for mark in marks if mark.wh is not None] or marks
    within = [mark for mark in shown if _is_between(said, mark)]
    instants = [mark.at for mark in within] + [said.began_at]
    first_at, last_at = min(instants), max(instants)
    is_astray = first_at < said.began_at - LIVE or last_at > (said.ended_at or last_at) + LIVE
    is_sane = _is_sane(said, first_at, last_at, limit_w)
    if is_sane and not (is_astray and _is_beyond(_last_before(said, within), said.end, limit_w)):
        return _stood_still(said, limit_w) or _plain(said)._replace(is_odd=is_astray)
    return settle(said, within, limit_w)


def _set_right(said: Said, offset: timedelta) -> Settled:
    """Rule 7: no later than it was heard; an end by a clock that was set meanwhile is believed."""
    began_at = min(said.began_at - offset, said.began_heard_at)
    if said.end is None:
        return Settled(began_at, None, is_odd=True)
    ended_at, heard_at = said.end.at, said.ended_heard_at or said.end.at - offset
    if said.end.is_told and abs(heard_at - ended_at) > LIVE:
        ended_at = ended_at - offset
    return Settled(began_at, max(began_at, min(ended_at, heard_at)), is_odd=True)


def _is_sane(said: Said, first_at: datetime, last_at: datetime, limit_w: float | None) -> bool:
    """Nothing speaks against begin and end themselves, whatever readings between them say."""
    if said.end is None:
        is_after = said.begin.is_told or first_at >= said.began_at - LIVE
        return is_after and -LIVE <= last_at - said.began_at <= LONGEST
    took = said.end.at - said.began_at
    if not -ROUNDING <= took <= LONGEST:
        return False
    if said.begin.is_told and said.end.is_told:
        return True
    is_possible = not _is_beyond(said.begin, said.end, limit_w)
    return is_possible and first_at >= said.began_at - LIVE and last_at <= said.end.at + LIVE


def _is_beyond(before: Mark, after: Mark | None, limit_w: float | None) -> bool:
    """More flowed than can have between the two as they were told."""
    if after is None or before.wh is None or after.wh is None:
        return False
    return after.wh - before.wh > possible_wh(after.at - before.at, limit_w) + AT_ONCE_WH


def _last_before(said: Said, readings: Iterable[Mark]) -> Mark:
    """The last that is dated before the end."""
    dated = [
        mark for mark in readings if mark.wh is not None and mark.at <= (said.ended_at or mark.at)
    ]
    return max([said.begin, *dated], key=lambda mark: (mark.wh or 0.0, mark.at))


def settle(said: Said, readings: Iterable[Mark], limit_w: float | None = None) -> Settled:
    """``readings``: those between begin and end; ``limit_w`` is what the connector delivers."""
    eras = _eras(_marks(said, readings))
    if len(eras) == 1:
        return _stood_still(said, limit_w) or _at_once(said, limit_w) or _plain(said)
    line = _line(said, eras, limit_w)
    began_at = _begin(said, line)
    if said.ended_at is None:
        return Settled(began_at, None, is_odd=True)
    ended_at = said.ended_at + line.shift(len(eras) - 1)
    if said.ended_heard_at is not None:
        ended_at = min(ended_at, said.ended_heard_at)
    return Settled(began_at, max(began_at, ended_at), is_odd=True)


def _begin(said: Said, line: "_Line") -> datetime:
    """Not after it was heard; and then, if what flowed until the next reading allows it.

    Not so where it is the clock of the begin that is believed.
    """
    heard_at, first = said.began_heard_at, line.eras[0]
    began_at = said.began_at + line.shift(0)
    if began_at >= heard_at or len(first) > 1 or line.believed == 0:
        return min(began_at, heard_at)
    after = line.eras[1][0]
    until_s = (after.at + line.shift(1) - heard_at).total_seconds()
    flowed_wh = (after.wh or 0.0) - (first[0].wh or 0.0)
    return heard_at if until_s > 0 and flowed_wh <= line.most * until_s else began_at


def _marks(said: Said, readings: Iterable[Mark]) -> list[Mark]:
    marks = [said.begin, *_in_order(readings)]
    return marks if said.end is None else [*marks, said.end]


@dataclass(frozen=True, slots=True)
class _Line:
    """Eras on one line of time; ``pace`` and ``most``: Wh in a second, mean and at the most."""

    eras: Sequence[Era]
    believed: int
    pace: float
    most: float

    def shift(self, number: int) -> timedelta:
        """By how much the clock of era ``number`` must be set to fit the one that is believed."""
        shift, step = _ZERO, 1 if number > self.believed else -1
        for other in range(self.believed, number, step):
            here, there = self.eras[other], self.eras[other + step]
            if step > 0:
                shift += here[-1].at - there[0].at + _distance(here[-1], there[0], self.pace)
            else:
                shift += here[0].at - there[-1].at - _distance(there[-1], here[0], self.pace)
        return shift


def _line(said: Said, eras: Sequence[Era], limit_w: float | None) -> _Line:
    believed, pace = _nearest(said, eras), _pace(eras)
    if pace is not None:
        return _Line(eras, believed, pace, 2 * pace)
    usual_w = min(USUAL_W, limit_w or USUAL_W)
    return _Line(eras, believed, usual_w / 3600, (limit_w or SUDDEN_W) / 3600)


def _plain(said: Said) -> Settled:
    ended_at = None if said.ended_at is None else max(said.began_at, said.ended_at)
    return Settled(said.began_at, ended_at)


def _in_order(readings: Iterable[Mark]) -> list[Mark]:
    """By the register, which never falls; what shows none stays where its instant puts it."""
    ordered = sorted(readings, key=lambda mark: mark.at)
    shown = iter(sorted((m for m in ordered if m.wh is not None), key=lambda m: (m.wh, m.at)))
    return [mark if mark.wh is None else next(shown) for mark in ordered]


def _eras(marks: Sequence[Mark]) -> list[Era]:
    eras = [[marks[0]]]
    for before, after in pairwise(marks):
        if -ROUNDING <= after.at - before.at <= LONGEST:
            eras[-1].append(after)
        else:
            eras.append([after])
    return eras


def _nearest(said: Said, eras: Sequence[Era]) -> int:
    """Which of them was told by the clock that is nearest to ours."""
    off = {0: abs(said.began_heard_at - said.began_at)}
    heard_at = said.ended_heard_at
    if said.ended_at is not None and heard_at is not None:
        off[len(eras) - 1] = abs(heard_at - said.ended_at)
    last_heard_at = heard_at or said.began_heard_at
    for number, era in enumerate(eras):
        off.setdefault(number, abs(last_heard_at - era[-1].at))
    told = [number for number in off if any(mark.is_told for mark in eras[number])]
    if _is_of_summer(eras):
        return max(told or off, key=lambda number: len(eras[number]))
    return min(told or off, key=lambda number: (off[number], -number))


def _is_of_summer(eras: Sequence[Era]) -> bool:
    """Two of them, less than an hour apart: most of what was told is as right as any of it."""
    return len(eras) == 2 and _ZERO < eras[0][-1].at - eras[1][0].at < SUMMER


def _distance(before: Mark, after: Mark, pace: float) -> timedelta:
    """How much time lies between two instants that two clocks told."""
    back = before.at - after.at
    if _ZERO < back < SUMMER and before.is_told and after.is_told:
        return SUMMER - back
    if before.wh is None or after.wh is None:
        return _ZERO
    return timedelta(seconds=max(0.0, after.wh - before.wh) / pace)


def _pace(eras: Sequence[Era]) -> float | None:
    """Wh that flowed in a second, where one clock told of it."""
    gained_wh, elapsed = 0.0, _ZERO
    for era in eras:
        shown = [mark for mark in era if mark.wh is not None]
        if len(shown) > 1:
            gained_wh += (shown[-1].wh or 0.0) - (shown[0].wh or 0.0)
            elapsed += shown[-1].at - shown[0].at
    return gained_wh / elapsed.total_seconds() if gained_wh > 0 and elapsed >= LEAST else None


def _is_between(said: Said, mark: Mark) -> bool:
    """Not what the register showed before the begin or after the end, nor what it cannot have."""
    begin_wh, end_wh = said.begin.wh, said.end.wh if said.end else None
    is_early = mark.at < said.began_at
    is_late = said.ended_at is not None and mark.at > said.ended_at
    if mark.wh is None:
        return not (is_early or is_late)
    is_below = begin_wh is not None and mark.wh < begin_wh
    is_above = end_wh is not None and mark.wh > end_wh
    if is_below or is_above:
        return False
    return not (is_early and mark.wh == begin_wh) and not (is_late and mark.wh == end_wh)


def _stood_still(said: Said, limit_w: float | None) -> Settled | None:
    """Rule 6: told live, and by the clock nearly at once, what cannot flow at once."""
    if said.end is None or said.ended_heard_at is None:
        return None
    told, heard = said.end.at - said.began_at, said.ended_heard_at - said.began_heard_at
    is_live = abs(said.began_heard_at - said.began_at) <= LIVE
    if not is_live or heard < 10 * max(told, LEAST):
        return None
    gained_wh = (said.end.wh or 0.0) - (said.begin.wh or 0.0)
    if not possible_wh(told, limit_w) + AT_ONCE_WH < gained_wh <= BATTERY_WH:
        return None
    return Settled(said.began_at, said.ended_heard_at, is_odd=True)


def _at_once(said: Said, limit_w: float | None) -> Settled | None:
    """Heard at once, and not a word of when it was: it took as long as its energy needs."""
    if said.end is None or said.begin.is_told or said.begin.wh is None or said.end.wh is None:
        return None
    gained_wh = said.end.wh - said.begin.wh
    if not possible_wh(said.end.at - said.began_at, limit_w) + AT_ONCE_WH < gained_wh <= BATTERY_WH:
        return None
    needed = timedelta(hours=gained_wh / min(USUAL_W, limit_w or USUAL_W))
    return Settled(min(said.began_at, said.end.at - needed), said.end.at, is_odd=True)
