"""What several clocks told, on one line of time, as far apart as the energy says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from apps.sessions.pace import SUDDEN_W
from apps.sessions.timing.eras import SUMMER, nearest
from apps.sessions.timing.told import LEAST, USUAL_W, Era, Mark, Said

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Line:
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


def line_of(said: Said, eras: Sequence[Era], limit_w: float | None) -> Line:
    """``limit_w``: what the connector delivers."""
    believed, pace = nearest(said, eras), pace_of(eras)
    if pace is not None:
        return Line(eras, believed, pace, 2 * pace)
    usual_w = min(USUAL_W, limit_w or USUAL_W)
    return Line(eras, believed, usual_w / 3600, (limit_w or SUDDEN_W) / 3600)


def pace_of(eras: Sequence[Era]) -> float | None:
    """Wh that flowed in a second, where one clock told of it."""
    gained_wh, elapsed = 0.0, _ZERO
    for era in eras:
        shown = [mark for mark in era if mark.wh is not None]
        if len(shown) > 1:
            gained_wh += (shown[-1].wh or 0.0) - (shown[0].wh or 0.0)
            elapsed += shown[-1].at - shown[0].at
    return gained_wh / elapsed.total_seconds() if gained_wh > 0 and elapsed >= LEAST else None


def _distance(before: Mark, after: Mark, pace: float) -> timedelta:
    """How much time lies between two instants that two clocks told."""
    back = before.at - after.at
    if _ZERO < back < SUMMER and before.is_told and after.is_told:
        return SUMMER - back
    if before.wh is None or after.wh is None:
        return _ZERO
    return timedelta(seconds=max(0.0, after.wh - before.wh) / pace)
