"""In what proportion what a register gained stands to the power that its meter told. Pure.

Of the two the register is the better witness, where its readings agree with each other: it is what
bills. What tells a power of a wrong scale from a register that cannot be:

1. They stand in one proportion all along. One odd begin, end or leap is out of proportion to the
   other readings; these stand to the power as they should.
2. At that, no more flows than the connector delivers, or where that is not known, one of one's home
   or office, and no less than a car takes. Otherwise it is the register that is wrong.
3. Begin and end do not bear the power out as it was told.

Such a power is read times the proportion, so that what cannot be is still held against it. However
it is read, a power that brought less than half of what the register gained contradicts it, and so
does one that brought more than twice that all along.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from apps.sessions.pace import AT_ONCE_WH, MARGIN, SUDDEN_W, Reading, grain_wh
from apps.sessions.power import LEAST_W, NEAR, Flow, Point

TIMES = 2.0
PHASES = 3  # meters that tell the power of one of them contradict nothing
SLACK = 1.25
_FEW = 3
_MOSTLY = 0.75
_NEARLY = 0.2
_LITTLE_WH = AT_ONCE_WH / 10


class Stretch(NamedTuple):
    """From a reading to the next: what the register gained, and what the power gives at most."""

    gained_wh: float
    most_wh: float

    @property
    def times(self) -> float:
        return self.gained_wh / self.most_wh if self.most_wh else inf


class Scale(NamedTuple):
    """What the register ``gained_wh`` is ``times`` the ``most_wh`` that the power can have brought;
    ``is_even``: so it is from most readings to the next."""

    times: float
    gained_wh: float
    most_wh: float
    is_even: bool

    @property
    def is_off(self) -> bool:
        """Whether the two contradict each other."""
        if self.times > TIMES:
            is_more = self.gained_wh - TIMES * self.most_wh > _LITTLE_WH
            return is_more and not (self.is_even and abs(self.times - PHASES) <= _NEARLY)
        is_less = self.is_even and self.times < 1 / TIMES
        return is_less and self.most_wh - TIMES * self.gained_wh > _LITTLE_WH


IN_SCALE = Scale(1.0, 0.0, 0.0, is_even=True)


def scale_of(readings: Sequence[Reading], powers: Sequence[Point]) -> Scale:
    """Over the readings between which power was told; few of them show nothing."""
    told = list(_stretches(readings, powers))
    rising = [one for one in told if one.gained_wh > 0]
    if len(rising) < _FEW:
        return IN_SCALE
    gained_wh = sum(one.gained_wh for one in rising) - grain_wh(reading.wh for reading in readings)
    in_all = Stretch(max(0.0, gained_wh), sum(one.most_wh for one in told))
    usual = median(one.times for one in rising)
    near = sum(usual / TIMES <= one.times <= usual * TIMES for one in rising)
    low, high = sorted((usual, in_all.times))
    nearer = min(max(low, 1.0), high)
    return Scale(nearer, *in_all, is_even=near >= _MOSTLY * len(rising))


def read_times(
    scale: Scale, readings: Sequence[Reading], flow: Flow | None, limit_w: float | None
) -> float:
    """By what the power must be multiplied that the register bears out; 1 as it was told."""
    if flow is None or not (scale.is_off and scale.is_even):
        return 1.0
    most_w = SUDDEN_W if limit_w is None else limit_w * MARGIN
    if not LEAST_W <= flow.peak_w * scale.times <= most_w or _is_borne_out(readings, flow):
        return 1.0
    return scale.times


def _is_borne_out(readings: Sequence[Reading], flow: Flow) -> bool:
    """By begin and end, whatever is between."""
    first, last = readings[0], readings[-1]
    is_told = first.is_first and last.is_last
    return is_told and flow.least_wh / SLACK <= last.wh - first.wh <= flow.most_wh * SLACK


def _stretches(readings: Sequence[Reading], powers: Sequence[Point]) -> Iterator[Stretch]:
    """Those that lie between two powers that are near."""
    instants = [at for at, _ in powers]
    for before, after in pairwise(readings):
        if not (before.is_timed and after.is_timed and before.at < after.at):
            continue
        since, until = bisect_right(instants, before.at) - 1, bisect_left(instants, after.at)
        if since < 0 or until >= len(powers) or instants[until] - instants[since] > NEAR:
            continue
        peak_w = max(watts for _, watts in powers[since : until + 1])
        hours = (after.at - before.at).total_seconds() / 3600
        yield Stretch(after.wh - before.wh, peak_w * hours)
