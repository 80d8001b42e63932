"""How long a session took of which one clock told no length that can be. Pure."""

from datetime import datetime, timedelta

from apps.domain.clocks import APART
from apps.sessions.hearing import LIVE
from apps.sessions.pace import AT_ONCE_WH, ROUNDING_WH, possible_wh
from apps.sessions.timing.told import BATTERY_WH, LEAST, USUAL_W, Said, Settled

_ZERO = timedelta(0)
_INSTANT = timedelta(seconds=1)


def stood_still(said: Said, limit_w: float | None) -> Settled | None:
    """Rule 6: told nearly at once by the clock, and heard apart, what cannot flow at once."""
    if said.end is None or said.ended_heard_at is None:
        return None
    told, heard = said.end.at - said.began_at, said.ended_heard_at - said.began_heard_at
    gained_wh = _gained_wh(*said.told_wh)
    is_live = abs(said.began_heard_at - said.began_at) <= LIVE
    if abs(told) < _INSTANT and heard >= APART and gained_wh > ROUNDING_WH:
        began_at = said.began_at if is_live else said.began_heard_at
        return Settled(began_at, said.ended_heard_at, is_odd=True)
    if not is_live or heard < 10 * max(told, LEAST):
        return None
    if not possible_wh(told, limit_w) + AT_ONCE_WH < gained_wh <= BATTERY_WH:
        return None
    return Settled(said.began_at, said.ended_heard_at, is_odd=True)


def at_once(said: Said, limit_w: float | None) -> Settled | None:
    """Heard at once, and not a word of when it was: it took as long as its energy needs."""
    if said.end is None or said.begin.is_told or said.begin.wh is None or said.end.wh is None:
        return None
    gained_wh = said.end.wh - said.begin.wh
    if not possible_wh(said.end.at - said.began_at, limit_w) + AT_ONCE_WH < gained_wh <= BATTERY_WH:
        return None
    began_at = said.end.at - _needed(gained_wh, limit_w)
    return Settled(min(said.began_at, began_at), said.end.at, is_odd=True)


def moved_up(said: Said, since: datetime, settled: Settled, limit_w: float | None) -> Settled:
    """Rule 8: ``settled`` begins before ``since``, when it cannot have begun."""
    heard_at, end_heard_at = said.began_heard_at, said.ended_heard_at
    if settled.ended_at is None or end_heard_at is None:
        began_at = max(since, heard_at)
        return settled._replace(began_at=began_at, is_odd=True, shift=began_at - settled.began_at)
    told, heard = settled.ended_at - settled.began_at, end_heard_at - heard_at
    took = max(told, heard)
    gained_wh = _gained_wh(said.begin.wh, said.end.wh if said.end else None)
    if gained_wh > possible_wh(took, limit_w) + AT_ONCE_WH:
        took = _needed(min(BATTERY_WH, gained_wh), limit_w)
    began_at = max(end_heard_at - took, min(since, heard_at))
    shift = began_at - settled.began_at if end_heard_at - began_at == told else _ZERO
    return Settled(began_at, end_heard_at, True, settled.shifts, shift)


def _gained_wh(begin_wh: float | None, end_wh: float | None) -> float:
    return 0.0 if begin_wh is None or end_wh is None else end_wh - begin_wh


def _needed(gained_wh: float, limit_w: float | None) -> timedelta:
    return timedelta(hours=gained_wh / min(USUAL_W, limit_w or USUAL_W))
