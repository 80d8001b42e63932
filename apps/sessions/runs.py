"""Readings of a register that follow each other, in runs. Pure.

Readings come in the order in which they were taken. Each continues the run that it follows
without a fall and without more energy than could have flowed; one that follows none begins a
run of its own. The rules, in order:

1. A fall of up to 10 Wh is rounding; the reading that ends a session may fall short by what a
   meter of whole kWh does not show.
2. A reading that follows several runs continues the nearest below it. Where that is a run without
   its last reading, which is above it, it does so, too: that one may have been a glitch. Not so a
   zero: it is where registers begin again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from apps.sessions.pace import ANY, ROUNDING_WH, Pace, Reading, ahead_wh, can_follow, is_sudden

MOST_RUNS = 8


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


def runs_of(readings: Iterable[Reading], pace: Pace = ANY, *, since: int = 0) -> Runs:
    """The runs of ``readings``, the first of which is the ``since``-th; ``pace``: the most that
    may flow."""
    runs: Runs = ()
    for number, reading in enumerate(readings, since):
        runs = follow(runs, reading, number, pace)
    return runs


def follow(runs: Runs, reading: Reading, number: int, pace: Pace = ANY) -> Runs:
    """``runs`` with the reading taken next, the ``number``-th; the work does not grow."""
    fitting = [
        run
        for run in runs
        if can_follow(run.last, reading, pace) and not is_sudden(run.last, reading, pace)
    ]
    nearest = max(fitting, key=lambda run: (run.last.wh, run.until), default=None)
    shorter = _shortened(runs, reading, pace)
    if shorter is not None and (nearest is None or _is_nearer(shorter, nearest)):
        last = _after(shorter.before, reading, pace)
        return _fewest((*runs, replace(shorter, last=last, until=number)))
    if nearest is None:
        begun = _begun(runs, reading, pace)
        return _fewest((*runs, Run(begun, begun, None, 1, number, number)))
    last = _after(nearest.last, reading, pace)
    longer = replace(nearest, last=last, before=nearest.last, count=nearest.count + 1, until=number)
    return tuple(longer if run is nearest else run for run in runs)


def members(readings: Sequence[Reading], run: Run, pace: Pace = ANY) -> Iterator[Reading]:
    """The readings of a run, among all that its runs were made of."""
    before = run.first
    yield readings[run.began]
    for reading in readings[run.began + 1 : run.until]:
        is_below = reading.wh <= run.last.wh + ROUNDING_WH
        if is_below and can_follow(before, reading, pace):
            before = _after(before, reading, pace)
            yield reading
    if run.until > run.began:
        yield readings[run.until]


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


def _after(before: Reading | None, reading: Reading, pace: Pace) -> Reading:
    """With what it is ahead; most are not."""
    ahead = ahead_wh(before, reading, pace) if before else 0.0
    return reading._replace(ahead_wh=ahead) if ahead else reading


def _begun(runs: Runs, reading: Reading, pace: Pace) -> Reading:
    """What came too fast for those before it is ahead by all that it may be."""
    is_fast = any(0 <= run.last.wh < reading.wh for run in runs)
    return reading._replace(ahead_wh=pace.at_once_wh) if is_fast else reading


def _is_nearer(shorter: Run, run: Run) -> bool:
    """Without its last reading the one that was told later is nearer below than the other."""
    before = shorter.before
    return before is not None and before.wh > run.last.wh and shorter.until > run.until


def _shortened(runs: Runs, reading: Reading, pace: Pace) -> Run | None:
    """The run that a lower reading continues if its last one is left out; the latest of these."""
    fitting = [
        run
        for run in runs
        if run.before is not None
        and 0 < reading.wh < run.last.wh
        and can_follow(run.before, reading, pace)
    ]
    return max(fitting, key=lambda run: (run.until, run.count), default=None)


def _fewest(runs: Runs) -> Runs:
    """A meter that makes no sense at all may not cost more the longer it runs."""
    if len(runs) <= MOST_RUNS:
        return runs
    least = min(runs[1:-1], key=lambda run: (run.count, run.until))
    return tuple(run for run in runs if run is not least)


def _reading(parts: list[Any]) -> Reading:
    at, *rest = parts
    return Reading(datetime.fromisoformat(at), *rest)
