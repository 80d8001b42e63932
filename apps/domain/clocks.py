"""How far a station's clock is off ours, from what it says live. Pure.

A message may be a replay of what happened long ago, and its instant then says nothing of the
clock. Two that lie as far apart by the station's clock as by ours were told live: what lies
between their instants and ours is the clock's offset, but for the way of the message.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

APART = timedelta(seconds=20)  # so that the time between two messages says something
TOLERANCE_S = 5.0
NEWS_S = 5.0
EVERY = timedelta(hours=1)
JUMP_S = 60.0
DRIFT_AFTER = timedelta(hours=6)
WRONG_S = 60.0


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


@dataclass(frozen=True, slots=True)
class Watched:
    """What is remembered of a socket: the last message, the first offset, and what was told."""

    said_at: datetime | None = None
    heard_at: datetime | None = None
    first: tuple[float, datetime] | None = None
    judged: Judged | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether one more message would say something."""
        return self.heard_at is None or now - self.heard_at >= APART


def watch(known: Watched, said_at: datetime, heard_at: datetime) -> tuple[Watched, Judged | None]:
    """After one more message; a verdict where it is news."""
    if known.said_at is None or known.heard_at is None:
        return replace(known, said_at=said_at, heard_at=heard_at), None
    if not known.is_due(heard_at):
        return known, None
    elapsed = heard_at - known.heard_at
    told = Watched(said_at, heard_at, known.first, known.judged)
    apart_s = (said_at - known.said_at - elapsed).total_seconds()
    if abs(apart_s) > TOLERANCE_S + 0.01 * elapsed.total_seconds():
        return told, None
    return _judged(told, (said_at - heard_at).total_seconds(), heard_at)


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
