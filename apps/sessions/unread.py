"""A session that is told to begin at zero, at a connector whose register stood above that. Pure.

A zero may not have been read. What the session before it on the same EVSE ended at was then the
begin of this one, unless

1. a reading of it is below that: the meter begins anew, or is another one;
2. the session before began at zero, too, and this one is not known to leave it faster than most
   connectors deliver: then the meter may begin anew with each;
3. what it shows next cannot have followed.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from apps.domain.events import Sample
from apps.sessions.pace import ROUNDING_WH, SUDDEN_WH, Pace, Reading, can_follow, is_sudden


class Shown(NamedTuple):
    """The register at begin and end of the session before."""

    began_wh: float
    ended_wh: float


def has_zero(samples: Iterable[Sample]) -> bool:
    """Whether what was known before may matter."""
    return any(sample.register_wh == 0 for sample in samples)


def begin_of(
    readings: Sequence[Reading], shown: Shown | None, limit_w: float | None
) -> Reading | None:
    """What it began at, if that was known before; None where its own begin stands."""
    if shown is None or shown.ended_wh <= 0 or readings[0].wh != 0:
        return None
    begin, later = readings[0], [reading for reading in readings[1:] if reading.wh]
    known = begin._replace(wh=shown.ended_wh)
    if not later or min(reading.wh for reading in later) < shown.ended_wh - ROUNDING_WH:
        return None
    begins_anew = shown.began_wh == 0 and not _is_left_at_once(begin, later[0])
    return known if not begins_anew and can_follow(known, later[0], Pace(limit_w)) else None


def _is_left_at_once(begin: Reading, after: Reading) -> bool:
    """By times of the station's own: others say nothing of how fast it was."""
    is_timed = begin.is_timed and after.is_timed
    return is_timed and is_sudden(begin, after, Pace(sudden_wh=SUDDEN_WH))
