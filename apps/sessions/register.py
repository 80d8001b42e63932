"""Which readings of a meter's register are believed, and what it gained between them. Pure.

Readings come in the order in which they were taken. Each continues the run that it follows
without a fall and without more energy than could have flowed; one that follows none begins a
run of its own. The rules, in order:

1. A fall of up to 10 Wh is rounding; the reading that ends a session may fall short by what a
   meter of whole kWh does not show.
2. A reading that follows several runs continues the nearest below it. Where that is a run without
   its last reading it does so, too: that one may have been a glitch. Not so a zero: it is where
   registers begin again.
3. Of runs that overlap the one with most readings is believed; before all, one that begins with
   the begin of the session and ends with its end.
4. A run far below the one before it is a register that began again at zero, if that much can have
   flowed since and neither is a lone reading: all it shows counts. Otherwise the run with fewer
   readings is not believed.
5. A leap between two runs counts if it took no time, as with clocks that count seconds, and a
   battery holds as much. Otherwise both count by themselves if both gained, or else the one that
   did.
6. Zeros that the register leaves much faster than it goes on were shown before it was read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

ROUNDING_WH = 10.0
WHOLE_WH = 1_000.0
MAX_POWER_W = 1_000_000.0  # where the connector's own is not known
MARGIN = 1.25  # of what a connector is said to deliver
AT_ONCE_WH = 1_000.0  # whatever the time between: clocks have seconds, and meters whole kWh
NO_TIME = timedelta(seconds=10)
BATTERY_WH = 100_000.0
MOST_WH = 1_000_000.0  # between two readings, where connector or time is not known
PACED = timedelta(minutes=1)  # readings over so long a time show how fast it flows
SUDDEN_W = 50_000.0  # from zero: what leaves it so fast is looked at twice
SUDDEN_WH = 10_000.0  # from zero, where nothing is known of the time
SUDDEN_TIMES = 10.0  # as fast as it goes on
WRONG_TIMES = 4.0  # what is said of a connector may be that of another phase or size
RESTARTED = 0.25  # of what a register showed before; more is another fall
OVERFLOW_WH = 1_000_000_000.0  # a register above it is 2^31-1 or its like
MOST_RUNS = 8


class Reading(NamedTuple):
    """``is_timed``: ``at`` is the station's own word; ``is_first`` and ``is_last``: it began or
    ended the session."""

    at: datetime
    wh: float
    is_timed: bool = True
    is_last: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Readings that follow each other. ``before``: the last but one; ``began``, ``until``: which
    of all readings is the first and the last of it, counted from 0."""

    first: Reading
    last: Reading
    before: Reading | None
    count: int
    began: int
    until: int

    @property
    def gained_wh(self) -> float:
        return max(0.0, self.last.wh - self.first.wh)

    @property
    def is_whole(self) -> bool:
        """It holds what the station told of the begin and of the end."""
        return self.first.is_first and self.last.is_last

    def overlaps(self, other: "Run") -> bool:
        return self.began <= other.until and other.began <= self.until


Runs = tuple[Run, ...]


def runs_of(readings: Iterable[Reading], limit_w: float | None = None) -> Runs:
    """The runs of all ``readings``; ``limit_w`` is what the connector is said to deliver."""
    runs: Runs = ()
    for number, reading in enumerate(readings):
        runs = follow(runs, reading, number, limit_w)
    return runs


def follow(runs: Runs, reading: Reading, number: int, limit_w: float | None = None) -> Runs:
    """``runs`` with the reading taken next, the ``number``-th; the work does not grow."""
    fitting = [
        run
        for run in runs
        if can_follow(run.last, reading, limit_w) and not is_sudden(run.last, reading)
    ]
    nearest = max(fitting, key=lambda run: (run.last.wh, run.until), default=None)
    shorter = _shortened(runs, reading, limit_w)
    if nearest is None or (shorter is not None and _is_nearer(shorter, nearest)):
        first = shorter or Run(reading, reading, None, 1, number, number)
        return _fewest((*runs, replace(first, last=reading, until=number)))
    longer = replace(
        nearest, last=reading, before=nearest.last, count=nearest.count + 1, until=number
    )
    return tuple(longer if run is nearest else run for run in runs)


def _is_nearer(shorter: Run, run: Run) -> bool:
    """Without its last reading the one that was told later is nearer below than the other."""
    before = shorter.before
    return before is not None and before.wh > run.last.wh and shorter.until > run.until


def weighed(runs: Runs, limit_w: float | None) -> float | None:
    """What may have flowed between runs: more than is said, where most readings say so too."""
    if limit_w is None or sum(run.count - 1 for run in runs) >= len(runs):
        return limit_w
    return limit_w * WRONG_TIMES


def believed(runs: Runs, limit_w: float | None = None) -> Runs:
    """Those that count, in order; the last of a register that gained nothing is among them."""
    taken: list[Run] = []
    for run in sorted(runs, key=lambda run: (not run.is_whole, -run.count, -run.until)):
        if not any(run.overlaps(other) for other in taken):
            taken.append(run)
    kept = sorted(taken, key=lambda run: run.began)
    while (odd := _first_odd(kept, limit_w)) is not None:
        kept.remove(odd)
    return tuple(kept)


def gained_wh(kept: Runs, limit_w: float | None = None) -> float:
    """What the register gained over the runs that count."""
    return sum(run.gained_wh + between for run, between in steps(kept, limit_w))


def steps(kept: Runs, limit_w: float | None = None) -> Iterator[tuple[Run, float]]:
    """Each run that counts, and what flowed from the one before until it began."""
    for number, run in enumerate(kept):
        yield run, between_wh(kept[number - 1], run, limit_w) or 0.0 if number else 0.0


def between_wh(one: Run, other: Run, limit_w: float | None = None) -> float | None:
    """What flowed from the end of ``one`` to the begin of ``other``; None where none can say."""
    gain_wh = other.first.wh - one.last.wh
    if gain_wh >= 0:
        is_leap = gain_wh <= BATTERY_WH and other.first.at - one.last.at <= NO_TIME
        return gain_wh if is_leap or can_follow(one.last, other.first, limit_w) else None
    if can_follow(one.last, other.first, limit_w):
        return 0.0
    return other.first.wh if _has_restarted(one, other, limit_w) else None


def _has_restarted(one: Run, other: Run, limit_w: float | None) -> bool:
    """Far below what it was, at what can have flowed since; a lone reading proves neither."""
    if min(one.count, other.count) < 2 or other.first.wh > RESTARTED * one.last.wh:
        return False
    zero = one.last._replace(wh=0.0)
    return one.last.wh <= OVERFLOW_WH and can_follow(zero, other.first, limit_w)


def members(
    readings: Sequence[Reading], run: Run, limit_w: float | None = None
) -> Iterator[Reading]:
    """The readings of a run, among all that its runs were made of."""
    before = run.first
    yield before
    for reading in readings[run.began + 1 : run.until]:
        is_below = reading.wh <= run.last.wh + ROUNDING_WH
        if is_below and can_follow(before, reading, limit_w):
            before = reading
            yield reading
    if run.until > run.began:
        yield run.last


def is_doubted(runs: Runs, kept: Runs, limit_w: float | None = None) -> bool:
    """Whether some reading is not believed, or what flowed between two runs is not known."""
    if len(kept) < len(runs):
        return True
    return any(between_wh(one, other, limit_w) is None for one, other in pairwise(kept))


def encoded(runs: Runs) -> str:
    """As text that ``decoded`` reads."""
    rows = [
        (*(one and tuple(one) for one in (run.first, run.last, run.before)),
         run.count, run.began, run.until)
        for run in runs
    ]  # fmt: skip
    return orjson.dumps(rows).decode()


def decoded(text: str) -> Runs:
    """The runs of ``encoded``."""
    return tuple(
        Run(_reading(first), _reading(last), _reading(before) if before else None, *numbers)
        for first, last, before, *numbers in orjson.loads(text)
    )


def can_follow(before: Reading, after: Reading, limit_w: float | None = None) -> bool:
    """Whether ``after`` may be what the register showed next."""
    gain_wh = after.wh - before.wh
    if gain_wh < 0:
        return -gain_wh <= _rounding_wh(after)
    if not (before.is_timed and after.is_timed):
        return gain_wh <= MOST_WH
    possible = possible_wh(after.at - before.at, limit_w) + AT_ONCE_WH
    return gain_wh <= (possible if limit_w else min(possible, MOST_WH))


def is_sudden(before: Reading, after: Reading) -> bool:
    """Zero, and then a register that leaves it faster than most connectors deliver."""
    if before.wh:
        return False
    if not (before.is_timed and after.is_timed):
        return after.wh > SUDDEN_WH
    hours = (after.at - before.at).total_seconds() / 3600
    return after.wh > SUDDEN_W * hours + AT_ONCE_WH


def possible_wh(elapsed: timedelta, limit_w: float | None = None) -> float:
    """What can have flowed in that time."""
    power_w = MAX_POWER_W if limit_w is None else min(MAX_POWER_W, limit_w * MARGIN)
    return power_w * max(0.0, elapsed.total_seconds()) / 3600


def _rounding_wh(reading: Reading) -> float:
    is_whole = reading.is_last and reading.wh > 0 and reading.wh % WHOLE_WH == 0
    return WHOLE_WH if is_whole else ROUNDING_WH


def _shortened(runs: Runs, reading: Reading, limit_w: float | None) -> Run | None:
    """The run that a reading continues if its last one is left out; the latest of these."""
    fitting = [
        run
        for run in runs
        if run.before is not None and reading.wh and can_follow(run.before, reading, limit_w)
    ]
    return max(fitting, key=lambda run: (run.until, run.count), default=None)


def _fewest(runs: Runs) -> Runs:
    """A meter that makes no sense at all may not cost more the longer it runs."""
    if len(runs) <= MOST_RUNS:
        return runs
    least = min(runs[1:-1], key=lambda run: (run.count, run.until))
    return tuple(run for run in runs if run is not least)


def _first_odd(kept: Sequence[Run], limit_w: float | None) -> Run | None:
    """A run that cannot stand beside its neighbour: unread, or without a gain of its own."""
    for one, other in pairwise(kept):
        if _is_unread(one, other):
            return one
        if between_wh(one, other, limit_w) is None and not (one.gained_wh and other.gained_wh):
            return min((other, one), key=lambda run: (run.gained_wh > 0, run.count))
    return None


def _is_unread(one: Run, other: Run) -> bool:
    """Zeros that are left at once, and then a register at its own, much slower pace."""
    if one.last.wh or one.first.wh or other.count < 2:
        return False
    if not (one.last.is_timed and other.first.is_timed):
        return other.first.wh > SUDDEN_TIMES * other.gained_wh / (other.count - 1)
    elapsed_s = (other.last.at - other.first.at).total_seconds()
    left_s = max(1.0, (other.first.at - one.last.at).total_seconds())
    pace = max(other.gained_wh, AT_ONCE_WH) / max(1.0, elapsed_s)
    return elapsed_s >= PACED.total_seconds() and other.first.wh / left_s > SUDDEN_TIMES * pace


def _reading(parts: list[Any]) -> Reading:
    at, *rest = parts
    return Reading(datetime.fromisoformat(at), *rest)
