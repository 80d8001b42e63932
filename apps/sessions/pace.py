"""How much energy can flow in a time, and whether a reading may follow another. Pure.

A connector delivers what it is said to, or else a megawatt. Clocks count seconds and meters
whole kWh, so a reading may be up to AT_ONCE_WH ahead of that (of a session that has ended by less,
where its readings show it, see ``witness``): once, not with each step. By how
much it is ahead goes on to the reading that follows it, and is worn off by time alone; thus over
any stretch of readings no more is believed than power times its time, and AT_ONCE_WH. A register
that stood still may not have been read anew meanwhile: it may make up for REFRESH, where it is
known what the connector delivers.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

FLOWING_W = 100.0  # no car charges with less: 6 A on one phase are 1.4 kW (IEC 61851-1)
ROUNDING_WH = 10.0
WHOLE_WH = 1_000.0
MAX_POWER_W = 1_000_000.0  # where the connector's own is not known
MARGIN = 1.25  # of what a connector is said to deliver
AT_ONCE_WH = 1_000.0  # whatever the time between
MOST_WH = 1_000_000.0  # between two readings; no battery takes as much
SUDDEN_W = 50_000.0  # from zero: what leaves it so fast is looked at twice
SUDDEN_WH = 100.0  # from zero, where nothing is known of the time


REFRESH = timedelta(minutes=5)  # so rarely stations read their meters at the least


class Pace(NamedTuple):
    """The most that may flow: ``limit_w`` is what the connector delivers, None where that is not
    known; ``at_once_wh`` whatever the time; ``sudden_w``, ``sudden_wh`` the same from zero.
    ``is_measured``: by the power that the meter told."""

    limit_w: float | None = None
    at_once_wh: float = AT_ONCE_WH
    sudden_w: float = SUDDEN_W
    sudden_wh: float = AT_ONCE_WH
    is_measured: bool = False


ANY = Pace()


class Reading(NamedTuple):
    """``is_timed``: ``at`` is the station's own word; ``is_first`` and ``is_last``: it began or
    ended the session; ``ahead_wh``: by how much it is ahead of what can have flowed by then."""

    at: datetime
    wh: float
    is_timed: bool = True
    is_last: bool = False
    is_first: bool = False
    ahead_wh: float = 0.0


def possible_wh(elapsed: timedelta, limit_w: float | None = None) -> float:
    """What can have flowed in that time."""
    power_w = MAX_POWER_W if limit_w is None else min(MAX_POWER_W, limit_w * MARGIN)
    return power_w * max(0.0, elapsed.total_seconds()) / 3600


def grain_wh(told_wh: Iterable[float]) -> float:
    """In which steps a meter counts that told these."""
    told = [wh for wh in told_wh if wh]
    return next(
        (g for g in (WHOLE_WH, 100.0, 10.0) if told and not any(wh % g for wh in told)), 1.0
    )


def ahead_wh(before: Reading, after: Reading, pace: Pace = ANY) -> float:
    """By how much ``after`` is ahead, if it follows ``before``; below 0 it may make up for it."""
    if not (before.is_timed and after.is_timed):
        return before.ahead_wh
    ahead = before.ahead_wh + after.wh - before.wh
    ahead -= possible_wh(after.at - before.at, pace.limit_w)
    if ahead >= 0 or pace.limit_w is None or after.wh != before.wh:
        return max(0.0, ahead)
    return max(ahead, -possible_wh(REFRESH, pace.limit_w))


def can_follow(before: Reading, after: Reading, pace: Pace = ANY) -> bool:
    """Whether ``after`` may be what the register showed next."""
    gain_wh = after.wh - before.wh
    if gain_wh < 0:
        return -gain_wh <= rounding_wh(after)
    if gain_wh > MOST_WH or not (before.is_timed and after.is_timed):
        return gain_wh <= MOST_WH
    return ahead_wh(before, after, pace) <= pace.at_once_wh


def is_sudden(before: Reading, after: Reading, pace: Pace = ANY) -> bool:
    """Zero, and then a register that leaves it faster than most connectors deliver."""
    if before.wh:
        return False
    if not (before.is_timed and after.is_timed):
        return after.wh > SUDDEN_WH
    elapsed_s = (after.at - before.at).total_seconds()
    behind_wh = -min(0.0, before.ahead_wh)
    return after.wh > pace.sudden_w * elapsed_s / 3600 + pace.sudden_wh + behind_wh


def rounding_wh(reading: Reading) -> float:
    """By how much it may be below the one before it."""
    is_whole = reading.is_last and reading.wh > 0 and reading.wh % WHOLE_WH == 0
    return WHOLE_WH if is_whole else ROUNDING_WH
