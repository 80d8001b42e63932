"""Who charged at a station, and who tried."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.sessions import session_rows
from apps.dashboard.tabs.tab import Tab
from apps.sessions import selectors as sessions
from apps.sessions.selectors import SessionFilter
from apps.stations.models import Station
from apps.tokens import selectors as tokens


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    found = sessions.list_sessions(request.user, SessionFilter(station=station.identity))
    shown = page_of(found, ("-started_at", "-id"), request.GET.get("after", ""))
    attempts = tokens.list_attempts(request.user, station_id=station.pk, limit=30)
    return {"page": shown, "rows": session_rows(shown.items), "attempts": attempts}


TAB = Tab(key="sessions", word="Sessions", needs=Permission.SEE_STATIONS, gather=_gather)
