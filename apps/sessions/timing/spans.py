"""How long a session took of which one clock told no length that can be. Pure."""

from datetime import timedelta

from apps.sessions.hearing import LIVE
from apps.sessions.pace import AT_ONCE_WH, possible_wh
from apps.sessions.timing.told import BATTERY_WH, LEAST, USUAL_W, Said, Settled


def stood_still(said: Said, limit_w: float | None) -> Settled | None:
    """Rule 6: told live, and by the clock nearly at once, what cannot flow at once."""
    if said.end is None or said.ended_heard_at is None:
        return None
    told, heard = said.end.at - said.began_at, said.ended_heard_at - said.began_heard_at
    is_live = abs(said.began_heard_at - said.began_at) <= LIVE
    if not is_live or heard < 10 * max(told, LEAST):
        return None
    gained_wh = (said.end.wh or 0.0) - (said.begin.wh or 0.0)
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
    needed = timedelta(hours=gained_wh / min(USUAL_W, limit_w or USUAL_W))
    return Settled(min(said.began_at, said.end.at - needed), said.end.at, is_odd=True)
