"""How much energy can flow in a time, and whether a reading may follow another. Pure.

A connector delivers what it is said to, or else a megawatt. Clocks count seconds and meters
whole kWh, so a reading may be up to AT_ONCE_WH ahead of that: once, not with each step. By how
much it is ahead goes on to the reading that follows it, and is worn off by time alone; thus over
any stretch of readings no more is believed than power times its time, and AT_ONCE_WH.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

FLOWING_W = 100.0  # no car charges with less: 6 A on one phase are 1.4 kW (IEC 61851-1)
ROUNDING_WH = 10.0
WHOLE_WH = 1_000.0
MAX_POWER_W = 1_000_000.0  # where the connector's own is not known
MARGIN = 1.25  # of what a connector is said to deliver
AT_ONCE_WH = 1_000.0  # whatever the time between
MOST_WH = 1_000_000.0  # between two readings, where connector or time is not known
SUDDEN_W = 50_000.0  # from zero: what leaves it so fast is looked at twice
SUDDEN_WH = 10_000.0  # from zero, where nothing is known of the time


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


def ahead_wh(before: Reading, after: Reading, limit_w: float | None = None) -> float:
    """By how much ``after`` is ahead, if it follows ``before``."""
    if not (before.is_timed and after.is_timed):
        return before.ahead_wh
    gain_wh = after.wh - before.wh
    return max(0.0, before.ahead_wh + gain_wh - possible_wh(after.at - before.at, limit_w))


def can_follow(before: Reading, after: Reading, limit_w: float | None = None) -> bool:
    """Whether ``after`` may be what the register showed next."""
    gain_wh = after.wh - before.wh
    if gain_wh < 0:
        return -gain_wh <= _rounding_wh(after)
    if not (before.is_timed and after.is_timed):
        return gain_wh <= MOST_WH
    is_possible = ahead_wh(before, after, limit_w) <= AT_ONCE_WH
    return is_possible and (limit_w is not None or gain_wh <= MOST_WH)


def is_sudden(before: Reading, after: Reading) -> bool:
    """Zero, and then a register that leaves it faster than most connectors deliver."""
    if before.wh:
        return False
    if not (before.is_timed and after.is_timed):
        return after.wh > SUDDEN_WH
    hours = (after.at - before.at).total_seconds() / 3600
    return after.wh > SUDDEN_W * hours + AT_ONCE_WH


def _rounding_wh(reading: Reading) -> float:
    is_whole = reading.is_last and reading.wh > 0 and reading.wh % WHOLE_WH == 0
    return WHOLE_WH if is_whole else ROUNDING_WH
