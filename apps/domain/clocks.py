"""How far a station's clock is off ours, from what it says live. Pure.

A message may be a replay of what happened long ago, and its instant then says nothing of the
clock. Two that lie as far apart by the station's clock as by ours were told live: what lies
between their instants and ours is the clock's offset, but for the way of the message. A clock
that jumps to and fro has several; what is as far off as any of them was told live as well. Not so
what is behind by minutes while others are not: it came late, as some messages always do.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

APART = timedelta(seconds=10)  # so that the time between two messages says something
TOLERANCE_S = 5.0
NEWS_S = 5.0
EVERY = timedelta(hours=1)
JUMP_S = 60.0
DRIFT_AFTER = timedelta(hours=6)
WRONG_S = 60.0
LATE_S = 300.0
_MOST_OFFSETS = 4  # that are remembered of a socket


@dataclass(frozen=True, slots=True)
class Judged:
    """``offset_s``: the station's clock less ours; ``drift_s_per_day``: None until it shows."""

    offset_s: float
    drift_s_per_day: float | None
    judged_at: datetime

    @property
    def is_wrong(self) -> bool:
        return abs(self.offset_s) > WRONG_S


def said(offset_s: float | None, drift_s_per_day: float | None = None) -> str:
    """In words for people, with what to do where it is wrong."""
    if offset_s is None:
        return "not judged yet"
    if abs(offset_s) <= WRONG_S:
        return "right" if abs(offset_s) < 2 else f"right within {abs(offset_s):.0f} s"
    way = "ahead" if offset_s > 0 else "behind"
    advice = "set its time zone to UTC" if _is_of_zones(offset_s) else "set its time server"
    drift = f", {abs(drift_s_per_day):.0f} s a day" if drift_s_per_day else ""
    return f"{_length(abs(offset_s))} {way}{drift}: {advice}"


def _is_of_zones(offset_s: float) -> bool:
    """Half hours, up to a day: another zone, or the time of summer."""
    return offset_s < 90_000 and abs(offset_s / 1800 - round(offset_s / 1800)) * 1800 < WRONG_S


def _length(seconds: float) -> str:
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 172_800:
        return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60):02d} min"
    return f"{seconds / 86_400:,.0f} days".replace(",", "\u202f")


def is_as_far(apart_s: float, elapsed: timedelta) -> bool:
    """Whether two messages lie as far apart by either clock; ``apart_s``: what lies between."""
    elapsed_s = elapsed.total_seconds()
    return abs(apart_s) <= min(TOLERANCE_S, elapsed_s / 5) + 0.01 * elapsed_s


class Offset(NamedTuple):
    """``is_live``: two messages have shown it."""

    offset_s: float
    heard_at: datetime
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """What is remembered of a socket: offsets, the newest first, and what was told of them.

    ``live_s``: that of the last message, if it is known to have been told live.
    """

    offsets: tuple[Offset, ...] = ()
    first: tuple[float, datetime] | None = None
    judged: Judged | None = None
    live_s: float | None = None


def watch(known: Watched, said_at: datetime, heard_at: datetime) -> tuple[Watched, Judged | None]:
    """After one more message; a verdict where it is news."""
    offset_s = (said_at - heard_at).total_seconds()
    near = next((one for one in known.offsets if _is_near(one, offset_s, heard_at)), None)
    if near is None:
        offsets = (Offset(offset_s, heard_at), *known.offsets)[:_MOST_OFFSETS]
        return replace(known, offsets=offsets, live_s=None), None
    if any(_is_later(near, other) for other in known.offsets):
        return replace(known, live_s=None), None
    if heard_at - near.heard_at < APART:
        return replace(known, live_s=offset_s if near.is_live else None), None
    others = tuple(one for one in known.offsets if one is not near)
    offsets = (Offset(offset_s, heard_at, is_live=True), *others)
    return _judged(replace(known, offsets=offsets, live_s=offset_s), offset_s, heard_at)


def _is_near(known: Offset, offset_s: float, heard_at: datetime) -> bool:
    elapsed = max(APART, heard_at - known.heard_at)
    return is_as_far(offset_s - known.offset_s, elapsed)


def _is_later(one: Offset, other: Offset) -> bool:
    """Whether what came at ``one`` only came late: meanwhile others came that were less behind."""
    is_behind = TOLERANCE_S < other.offset_s - one.offset_s <= LATE_S
    return is_behind and other.is_live and other.heard_at >= one.heard_at


def _judged(told: Watched, offset_s: float, now: datetime) -> tuple[Watched, Judged | None]:
    first = told.first
    if first is None or abs(offset_s - first[0]) > JUMP_S:
        first = (offset_s, now)
    judged = Judged(round(offset_s, 1), _drift(first, offset_s, now), now)
    known = told.judged
    is_news = (
        known is None
        or abs(judged.offset_s - known.offset_s) > NEWS_S
        or now - known.judged_at >= EVERY
    )
    if not is_news:
        return replace(told, first=first), None
    return replace(told, first=first, judged=judged), judged


def _drift(first: tuple[float, datetime], offset_s: float, now: datetime) -> float | None:
    elapsed = now - first[1]
    if elapsed < DRIFT_AFTER:
        return None
    return round((offset_s - first[0]) / (elapsed / timedelta(days=1)), 1)
