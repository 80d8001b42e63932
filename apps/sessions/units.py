"""In what unit a register was told: as its power says, or as its begin and its end do. Pure.

1.6 tells the register at begin and end as whole Wh, by members without a unit. What is read between
them is told with one, and either may be wrong: then times a thousand, or a thousandth, all of it
lies where the register must have been meanwhile, and as told none of it does. The ends are wrong
if no car takes as little as they show, and what is between them can have flowed.
"""

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from apps.sessions.pace import (
    FLOWING_W,
    ROUNDING_WH,
    SUDDEN_WH,
    Pace,
    Reading,
    can_follow,
    possible_wh,
)
from apps.sessions.power import Flow
from apps.sessions.witness import KILO, unit_of

_SEVERAL = 2  # that show it where no end was told
_SWIFT_W = 200_000.0  # where it is not known what a connector delivers


class Which(Enum):
    ALL = "all"
    BETWEEN = "between begin and end"
    ENDS = "begin and end"


class Unit(NamedTuple):
    """``times`` what was told is Wh, of the readings ``of``."""

    times: float = 1.0
    of: Which = Which.ALL

    @property
    def is_another(self) -> bool:
        return self.times != 1.0

    def holds(self, reading: Reading) -> bool:
        """Whether it was told in this unit."""
        is_end = reading.is_first or reading.is_last
        return self.of is Which.ALL or (self.of is Which.ENDS) is is_end

    def as_told(self, reading: Reading) -> float:
        """What was told, of a reading in Wh."""
        return reading.wh / self.times if self.holds(reading) else reading.wh


AS_TOLD = Unit()


def told_in(readings: Sequence[Reading], flow: Flow | None, limit_w: float | None) -> Unit:
    """Of a session that has ended."""
    unit = Unit(unit_of(readings, flow, limit_w))
    return unit if unit.is_another else _between(readings, flow, Pace(limit_w))


def in_wh(readings: Sequence[Reading], unit: Unit) -> list[Reading]:
    return [
        r._replace(wh=round(r.wh * unit.times, 3)) if unit.is_another and unit.holds(r) else r
        for r in readings
    ]


def _between(readings: Sequence[Reading], flow: Flow | None, pace: Pace) -> Unit:
    first, end = readings[0], readings[-1] if readings[-1].is_last else None
    inner = [reading for reading in readings if not (reading.is_first or reading.is_last)]
    if not first.is_first or len(inner) < (1 if end else _SEVERAL):
        return AS_TOLD
    if first.wh <= 0 or inner[0].wh <= 0:  # a zero may not have been read
        return AS_TOLD
    if all(reading.wh < first.wh - ROUNDING_WH for reading in inner):
        unit = Unit(KILO, Which.BETWEEN)
    elif end is None and not can_follow(first, inner[0], pace):
        unit = Unit(1 / KILO, Which.BETWEEN)
    elif end is not None and all(reading.wh > end.wh + ROUNDING_WH for reading in inner):
        are_ends = _is_little(first, end) and _has_flowed(inner, flow)
        unit = Unit(KILO, Which.ENDS) if are_ends else Unit(1 / KILO, Which.BETWEEN)
    else:
        return AS_TOLD
    steps = list(pairwise(in_wh(readings, unit)))
    is_near = all(_is_near(before, after, pace.limit_w) for before, after in (steps[0], steps[-1]))
    return unit if is_near and all(can_follow(*step, pace) for step in steps) else AS_TOLD


def _is_near(before: Reading, after: Reading, limit_w: float | None) -> bool:
    """No further from each other than what most connectors deliver in that time."""
    most_wh = possible_wh(after.at - before.at, limit_w or _SWIFT_W) + SUDDEN_WH
    return after.wh - before.wh <= most_wh


def _is_little(before: Reading, after: Reading) -> bool:
    """Less than a car takes in that time."""
    elapsed_s = (after.at - before.at).total_seconds()
    return after.wh - before.wh < FLOWING_W * elapsed_s / 3600


def _has_flowed(inner: Sequence[Reading], flow: Flow | None) -> bool:
    """More than a little by these readings, and as far as any power was told, by that, too."""
    gained_wh = inner[-1].wh - inner[0].wh
    return not _is_little(inner[0], inner[-1]) and (flow is None or flow.most_wh >= gained_wh / 2)
