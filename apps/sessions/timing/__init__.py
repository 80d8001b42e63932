"""When a session began and ended, where its station's clock cannot have been right. Pure.

A station says when it began, when each reading was taken and when it ended; we know when we
heard of begin and end. The register says in which order the readings came. The rules:

1. As long as nothing speaks against it the station is believed, however late it is heard.
2. An instant before the one that came before it, or more than 31 days after it, shows that the
   clock was set in between: what was told before and after are told by two clocks. So does a
   gap in steady readings in which no more flowed than from one to the next.
3. Of several clocks the one is believed that was nearest to ours when it was heard; of two that
   summer time sets apart the one that told more.
4. What another clock told keeps its length, and lies beside what is believed at the distance in
   which the energy between them flowed: at the session's own pace, or else at 11 kW. It cannot
   lie after it was heard.
5. A step back of less than an hour is the end of summer time: the distance is that of the hour,
   unless the pace of the session says another.
6. A clock that stands still, while anything flows or more than can, ends the session when that
   was heard.
7. A clock that is known to be off, by what was told live, is set right by that.
8. A begin in the time of another session of its EVSE, at the instant of another, or long before
   its station was known, is by a wrong clock; so is what was told before it would have been. It was
   when it was heard; what came at once keeps its length, and ends then. A begin that nobody dates
   is not dated back by its energy into the time of the one before.
"""

from apps.sessions.timing.settling import settle, times_of
from apps.sessions.timing.told import ROUNDING, USUAL_W, Mark, Said, Settled, laid
from apps.sessions.timing.undated import without_dates

__all__ = (
    "ROUNDING", "USUAL_W", "Mark", "Said", "Settled", "laid", "settle", "times_of", "without_dates",
)  # fmt: skip
