"""What several clocks told, on one line of time, as far apart as the energy says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from apps.sessions.pace import AT_ONCE_WH, SUDDEN_W
from apps.sessions.timing.eras import SUMMER, nearest, pace_of
from apps.sessions.timing.told import ROUNDING, USUAL_W, Era, Mark, Said

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Line:
    """Eras on one line of time; ``pace`` and ``most``: Wh in a second, mean and at the most.

    ``is_own``: the pace is that of the session.
    """

    eras: Sequence[Era]
    believed: int
    pace: float
    most: float
    is_own: bool

    def shift(self, number: int) -> timedelta:
        """By how much the clock of era ``number`` must be set to fit the one that is believed."""
        shift, step = _ZERO, 1 if number > self.believed else -1
        for other in range(self.believed, number, step):
            here, there = self.eras[other], self.eras[other + step]
            if step > 0:
                shift += here[-1].at - there[0].at + self._distance(here[-1], there[0])
            else:
                shift += here[0].at - there[-1].at - self._distance(there[-1], here[0])
        return shift

    def shifts(self) -> list[timedelta]:
        """Those of all eras."""
        return [self.shift(number) for number in range(len(self.eras))]

    def _distance(self, before: Mark, after: Mark) -> timedelta:
        """How much time lies between two instants that two clocks told."""
        flowed = self._flowed(before, after)
        back = before.at - after.at
        if not (_ZERO < back < SUMMER and before.is_told and after.is_told):
            return flowed or _ZERO
        hour = SUMMER - back
        if flowed is None or not self.is_own:
            return hour
        return flowed if abs(hour - flowed) > max(flowed, ROUNDING) else hour

    def _flowed(self, before: Mark, after: Mark) -> timedelta | None:
        if before.wh is None or after.wh is None or self._is_unread(before, after.wh):
            return None
        return timedelta(seconds=max(0.0, after.wh - before.wh) / self.pace)

    def _is_unread(self, mark: Mark, next_wh: float) -> bool:
        """A zero, and after it more than the session took by all that the clocks told."""
        gained_wh = sum((era[-1].wh or 0.0) - (era[0].wh or 0.0) for era in self.eras)
        return mark.wh == 0 and next_wh > max(gained_wh, AT_ONCE_WH)


def line_of(said: Said, eras: Sequence[Era], limit_w: float | None) -> Line:
    """``limit_w``: what the connector delivers."""
    believed, pace = nearest(said, eras), pace_of(eras)
    if pace is not None:
        return Line(eras, believed, pace, 2 * pace, is_own=True)
    usual_w = min(USUAL_W, limit_w or USUAL_W)
    return Line(eras, believed, usual_w / 3600, (limit_w or SUDDEN_W) / 3600, is_own=False)
