"""Whether anything speaks against what a station told, and then what is made of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import inf

from apps.domain.clocks import APART
from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.hearing import LIVE
from apps.sessions.machine import LONGEST
from apps.sessions.pace import AT_ONCE_WH, MOST_WH, Reading, possible_wh, rounding_wh
from apps.sessions.timing.eras import marks_of
from apps.sessions.timing.line import Line, line_of
from apps.sessions.timing.minutes import in_its_minute
from apps.sessions.timing.spans import at_once, moved_up, stood_still
from apps.sessions.timing.steps import FEW_STRAYS, eras_of
from apps.sessions.timing.told import ROUNDING, Mark, Said, Settled, mark_of, plain
from apps.sessions.timing.undated import undated

_EVER = datetime.min.replace(tzinfo=UTC)
_END = SampleContext.END.value
_ENDS = frozenset({SampleContext.BEGIN.value, _END})


def times_of(said: Said, samples: Iterable[Sample], limit_w: float | None = None) -> Settled:
    """What is made of it: by rule 9, then by rule 7, else by rule 2, and then by rule 8."""
    samples = list(samples)
    said = undated(said, samples, limit_w)
    marks = [mark_of(s) for s in samples if s.context not in _ENDS]
    marks = [mark for mark in marks if mark.is_told or not _is_undated(said, mark)]
    ends = (mark_of(s) for s in samples if s.context == _END and s.at != said.ended_at)
    said = in_its_minute(said, [*marks, *(end for end in ends if end.wh == said.told_wh[1])])
    if said.offset is not None:
        return stood_still(said, limit_w) or _set_right(said, said.offset)
    settled = _by_itself(said, marks, limit_w)
    if said.since is not None and settled.began_at < said.since:
        if not said.begin.is_told:
            return settled._replace(began_at=min(said.since, settled.ended_at or said.since))
        return moved_up(said, said.since, settled, limit_w)
    if _is_ahead(said, settled):
        return moved_up(said, said.since or _EVER, settled, limit_w)
    return settled


def _is_undated(said: Said, mark: Mark) -> bool:
    """Heard with the end, or after it, and dated by nothing else: it dates nothing."""
    heard_at, end = said.ended_heard_at, said.end
    if heard_at is None or end is None or not (said.begin.is_told and end.is_told):
        return False
    return mark.at > min(end.at, heard_at - APART)


def _is_ahead(said: Said, settled: Settled) -> bool:
    """Whether it would have been told before it was."""
    if settled.ended_at is not None and said.ended_heard_at is not None:
        return settled.ended_at > said.ended_heard_at + LIVE
    return settled.began_at > said.began_heard_at + LIVE


def _by_itself(said: Said, marks: Sequence[Mark], limit_w: float | None) -> Settled:
    """``settle`` where the samples of a session, or its begin and end, show a sign of rule 2."""
    shown = [mark for mark in marks if mark.wh is not None] or marks
    within = [mark for mark in shown if _is_between(said, mark)]
    dated = [mark.at for mark in within] + [said.began_at]
    first_at, last_at = min(dated), max(dated)
    is_astray = first_at < said.began_at - LIVE or last_at > (said.ended_at or last_at) + LIVE
    is_sane = _is_sane(said, first_at, last_at, limit_w)
    is_out = is_astray and _is_beyond(_last_before(said, within), said.end, limit_w)
    told = [] if said.end is None or _is_confirmed(said) else marks_of(said, within)
    instants = sorted(mark.at for mark in marks)
    eras = eras_of(told, instants) if told else []
    if is_sane and not is_out and len(eras) <= 1:
        is_odd = is_astray or len(told) - sum(map(len, eras)) > FEW_STRAYS
        return stood_still(said, limit_w) or plain(said)._replace(is_odd=is_odd)
    return settle(said, within, limit_w, instants)


def settle(
    said: Said,
    readings: Iterable[Mark],
    limit_w: float | None = None,
    told: Sequence[datetime] = (),
) -> Settled:
    """``readings``: those between begin and end; ``limit_w`` is what the connector delivers;
    ``told``: the instants of all, in order."""
    eras = eras_of(marks_of(said, readings), told)
    if len(eras) == 1:
        return stood_still(said, limit_w) or at_once(said, limit_w) or plain(said)
    line = line_of(said, eras, limit_w)
    began_at = _begin(said, line)
    shifts = {mark: by for by, era in zip(line.shifts(), eras, strict=True) for mark in era}
    if said.end is None:
        return Settled(began_at, None, True, shifts)
    ended_at = said.end.at + shifts[said.end]
    if said.ended_heard_at is not None:
        ended_at = min(ended_at, said.ended_heard_at)
    return Settled(began_at, max(began_at, ended_at), True, shifts)


def _begin(said: Said, line: Line) -> datetime:
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


def _is_confirmed(said: Said) -> bool:
    """Begin and end were told when they were heard, by a clock that was right."""
    if said.end is None or said.ended_heard_at is None:
        return False
    lags = said.began_heard_at - said.began_at, said.ended_heard_at - said.end.at
    return all(abs(lag) <= LIVE for lag in lags)


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


def _rounding_wh(said: Said) -> float:
    """An end may fall short of what was read before it."""
    if said.end is None or said.end.wh is None:
        return 0.0
    return rounding_wh(Reading(said.end.at, said.end.wh, is_last=True))


def _is_between(said: Said, mark: Mark) -> bool:
    """Not what the register showed before the begin or after the end, nor what it cannot have."""
    begin_wh, end_wh = said.begin.wh, said.end.wh if said.end else None
    is_early = mark.at < said.began_at
    is_late = said.ended_at is not None and mark.at > said.ended_at
    if mark.wh is None:
        return not (is_early or is_late)
    is_below = begin_wh is not None and mark.wh < begin_wh
    most_wh = begin_wh + MOST_WH if begin_wh else inf  # a register of 0 was not read
    is_above = mark.wh > min(most_wh, inf if end_wh is None else end_wh + _rounding_wh(said))
    if is_below or is_above:
        return False
    return not (is_early and mark.wh == begin_wh) and not (is_late and mark.wh == end_wh)
