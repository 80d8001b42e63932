"""Which runs of a meter's register are believed, and what it gained over them. Pure.

The rules, in order:

1. What is said of a connector may be wrong: if many readings speak against it, and none against
   a connector of another phase or size, they are believed, and doubted.
2. Of runs that overlap the one with most readings is believed; before all, one that begins with
   the begin of the session and ends with its end. Not so two zeros, which may not have been read;
   nor a begin that sets several readings aside which all others follow, at their own pace.
3. A run far below the one before it is a register that began again at zero, if that much can have
   flowed since and neither is a lone reading: all it shows counts. Otherwise the run with fewer
   readings is not believed.
4. What lies between two runs counts if it can have flowed; the sum of all is held against the
   time as that of a run is. Otherwise both count by themselves if both gained, or else the one
   that did.
5. Zeros that the register leaves much faster than it goes on were shown before it was read. Where
   instants say nothing: by far more than with each step that follows, and than may flow at once.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from math import inf
from statistics import median

from apps.sessions.pace import (
    ANY,
    AT_ONCE_WH,
    FLOWING_W,
    MARGIN,
    ROUNDING_WH,
    Pace,
    Reading,
    ahead_wh,
    can_follow,
    is_sudden,
    possible_wh,
)
from apps.sessions.runs import Run, Runs, runs_of

PACED = timedelta(minutes=1)  # readings over so long a time show how fast it flows
SUDDEN_TIMES = 10.0  # as fast as it goes on
WRONG_TIMES = 4.0  # what is said of a connector may be that of another phase or size
_GOES_ON_WH = AT_ONCE_WH / 10  # less shows no pace
RESTARTED = 0.25  # of what a register showed before; more is another fall
OVERFLOW_WH = 1_000_000_000.0  # a register above it is 2^31-1 or its like
SEVERAL = 2  # readings that one is odd beside
MANY_ODD = 4  # readings that follow none before them


def judged(
    readings: Sequence[Reading], pace: Pace, seen_w: float | None = None
) -> tuple[Runs, Runs, Pace]:
    """The runs of all ``readings``; those that count best, and the pace that these are held to.

    What is said of a connector may be wrong: if many readings speak against it, and none against
    a connector of another phase or size, they are believed, and doubted. Not so where the meter
    has ``seen_w`` at the most, and that is what the connector is said to deliver.
    """
    runs = runs_of(readings, pace)
    wide = _wider(pace, seen_w)
    if wide is None or not _speak_against(runs, MANY_ODD):
        return runs, runs, pace
    wider = runs_of(readings, wide)
    if len(wider) == 1 or _speak_against(runs):
        return runs, wider, wide
    return runs, runs, pace


def weighed(runs: Runs, pace: Pace, seen_w: float | None = None) -> Pace:
    """What may have flowed between runs, as ``judged``, by what is left of the readings."""
    wide = _wider(pace, seen_w)
    return pace if wide is None or not _speak_against(runs) else wide


def _wider(pace: Pace, seen_w: float | None) -> Pace | None:
    limit_w = pace.limit_w
    if limit_w is None or (seen_w is not None and FLOWING_W < seen_w <= MARGIN * limit_w):
        return None
    return pace._replace(limit_w=WRONG_TIMES * limit_w)


def _speak_against(runs: Runs, enough: float = inf) -> bool:
    """Whether that many readings, or half of all, follow none before them."""
    told = max((run.until for run in runs), default=0)
    odd = told - sum(run.count - 1 for run in runs)
    return odd > 0 and (odd >= enough or 2 * odd >= told)


def believed(runs: Runs, pace: Pace = ANY) -> Runs:
    """Those that count, in order; the last of a register that gained nothing is among them."""
    taken: list[Run] = []
    for run in sorted(runs, key=lambda run: (not _leads(run), -run.count, -run.until)):
        if not any(run.overlaps(other) for other in taken):
            taken.append(run)
    kept = sorted(taken, key=lambda run: run.began)
    while (odd := _first_odd(kept, pace)) is not None:
        kept.remove(odd)
    return tuple(kept)


def _leads(run: Run) -> bool:
    return run.is_whole and not (run.first.wh == 0 == run.last.wh)


def without_begin(readings: Sequence[Reading], runs: Runs, pace: Pace) -> Runs | None:
    """The runs where the begin follows none, if it is the odd one among all (rule 2)."""
    begin, *others = readings
    lower = sum(begin.wh - reading.wh > ROUNDING_WH for reading in others)
    if not begin.is_first or lower < SEVERAL or not _is_steady(others):
        return None
    alone = runs_of(others, pace, since=1)
    if _aside(runs, len(readings), pace) <= 1 + _aside(alone, len(others), pace):
        return None
    return (Run(begin, begin, None, 1, 0, 0), *alone)


def _aside(runs: Runs, told: int, pace: Pace) -> int:
    return told - sum(run.count for run in believed(runs, pace))


def _is_steady(readings: Sequence[Reading]) -> bool:
    """Whether all tell their time, and no two of them show far more than the others do."""
    rises = [(a, b) for a, b in pairwise(readings) if b.wh > a.wh]
    paces = [(b.wh - a.wh) / max(1.0, (b.at - a.at).total_seconds()) for a, b in rises]
    is_timed = all(reading.is_timed for reading in readings)
    return is_timed and bool(paces) and max(paces) <= SUDDEN_TIMES * median(paces)


def gained_wh(kept: Runs, pace: Pace = ANY) -> float:
    """What the register gained over the runs that count."""
    return sum(run.gained_wh + between for run, between in steps(kept, pace))


def steps(kept: Runs, pace: Pace = ANY) -> Iterator[tuple[Run, float]]:
    """Each run that counts, and what flowed from the one before until it began."""
    for run, between_wh in zip(kept, (0.0, *gaps_of(kept, pace)), strict=False):
        yield run, between_wh or 0.0


def gaps_of(kept: Sequence[Run], pace: Pace = ANY) -> list[float | None]:
    """What flowed from the end of each run to the begin of the next; None where none can say."""
    gaps: list[float | None] = []
    ahead = 0.0
    for one, other in pairwise(kept):
        flowed_wh = possible_wh(one.last.at - one.first.at, pace.limit_w)
        last = one.last._replace(ahead_wh=max(0.0, ahead + one.gained_wh - flowed_wh))
        gaps.append(_between_wh(last, one, other, pace))
        ahead = pace.at_once_wh if gaps[-1] is None else ahead_wh(last, other.first, pace)
    return gaps


def _between_wh(last: Reading, one: Run, other: Run, pace: Pace) -> float | None:
    if can_follow(last, other.first, pace):
        return max(0.0, other.first.wh - last.wh)
    return other.first.wh if _has_restarted(one, other, pace) else None


def _has_restarted(one: Run, other: Run, pace: Pace) -> bool:
    """Far below what it was, at what can have flowed since; a lone reading proves neither."""
    if other.first.wh >= one.last.wh or min(one.count, other.count) < 2:
        return False
    if other.first.wh > RESTARTED * one.last.wh:
        return False
    zero = one.last._replace(wh=0.0)
    return one.last.wh <= OVERFLOW_WH and can_follow(zero, other.first, pace)


def is_doubted(runs: Runs, kept: Runs, pace: Pace = ANY) -> bool:
    """Whether a reading is not believed, the register began again, or a gap is not known."""
    has_fallen = any(other.first.wh < one.last.wh for one, other in pairwise(kept))
    return len(kept) < len(runs) or has_fallen or None in gaps_of(kept, pace)


def _first_odd(kept: Sequence[Run], pace: Pace) -> Run | None:
    """A run that cannot stand beside its neighbour: unread, or without a gain of its own."""
    for (one, other), gap_wh in zip(pairwise(kept), gaps_of(kept, pace), strict=True):
        if _is_unread(one, other, pace):
            return one
        if gap_wh is None and not (one.gained_wh and other.gained_wh):
            return min((other, one), key=lambda run: (run.gained_wh > 0, run.count))
    return None


def _is_unread(one: Run, other: Run, pace: Pace) -> bool:
    """Zeros that are left at once, and then a register at its own, much slower pace."""
    if one.last.wh or one.first.wh or other.count < 2:
        return False
    is_left_timed = one.last.is_timed and other.first.is_timed
    if pace.is_measured and is_left_timed:
        return is_sudden(one.last, other.first, pace)
    if not (is_left_timed and other.last.is_timed):
        usual_wh = other.gained_wh / (other.count - 1)
        return other.first.wh > max(AT_ONCE_WH, SUDDEN_TIMES * usual_wh)
    elapsed_s = (other.last.at - other.first.at).total_seconds()
    left_s = max(1.0, (other.first.at - one.last.at).total_seconds())
    gained_wh = other.gained_wh if other.gained_wh >= _GOES_ON_WH else AT_ONCE_WH
    usual = gained_wh / max(1.0, elapsed_s)
    return elapsed_s >= PACED.total_seconds() and other.first.wh / left_s > SUDDEN_TIMES * usual
