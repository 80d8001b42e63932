"""How far what a station says is behind our clock, by what it said live. Pure.

That something came an hour after it was says nothing of a clock: it may have waited. Two messages
that lie as far apart by the station's clock as by ours were told as they happened; and where one
came at once, the clock is right.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from apps.domain.clocks import APART, is_as_far

PROMPT = timedelta(seconds=30)  # a message takes its time


class Heard(NamedTuple):
    """When a message came, and the last instant that it speaks of."""

    received_at: datetime
    at: datetime

    @property
    def behind(self) -> timedelta:
        return self.received_at - self.at


def lag_by(messages: Iterable[Heard]) -> timedelta:
    """Zero where the clock is right, or nothing shows how far it is off."""
    heard = sorted(messages)
    if any(abs(one.behind) <= PROMPT for one in heard):
        return timedelta(0)
    shown, before = [], 0
    for one in heard:
        while heard[before].received_at <= one.received_at - APART:
            before += 1
        if before and _are_live(heard[before - 1], one):
            shown.append(min(heard[before - 1].behind, one.behind, key=abs))
    return min(shown, key=abs, default=timedelta(0))


def _are_live(one: Heard, other: Heard) -> bool:
    apart_s = (other.behind - one.behind).total_seconds()
    return is_as_far(apart_s, other.received_at - one.received_at)
