"""An AuditFilter from a query string: the page and its file read it the same way."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from apps.accounts.models import Actor
from apps.audit.selectors import DOERS, EVERYBODY, AuditFilter
from apps.domain.filters import NotUnderstood, one_of
from apps.history.kinds import KINDS
from apps.sessions.filters import end_of_day, instant
from apps.stations.selectors import find_station_id

NAMES = frozenset({"by", "who", "kind", "station", "q", "from", "to"})


def from_query(actor: Actor, query: Mapping[str, str], zone: ZoneInfo) -> AuditFilter:
    """``from`` and ``to`` are days in ``zone``. NotUnderstood for what is no filter, and for a
    station that is not there.
    """
    return AuditFilter(
        by=one_of(query, "by", {*DOERS, EVERYBODY}),
        who=query.get("who", "").strip(),
        kind=one_of(query, "kind", KINDS),
        station_id=_station(actor, query.get("station", "").strip()),
        q=query.get("q", "").strip(),
        after=instant(query, "from", zone),
        before=end_of_day(query, "to", zone),
    )


def _station(actor: Actor, name: str) -> int | None:
    if not name:
        return None
    found = find_station_id(actor, name)
    if found is None:
        raise NotUnderstood("station", "the identity of a station of yours")
    return found
