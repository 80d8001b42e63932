"""What a station is doing now."""

from typing import Any

from django.utils import timezone

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import not_borne, station_commands
from apps.dashboard.presenters.cases import case_rows
from apps.dashboard.presenters.certificates import obstacles
from apps.dashboard.presenters.form import form_card
from apps.dashboard.presenters.onboarding import setup_sheet
from apps.dashboard.presenters.sessions import session_rows
from apps.dashboard.presenters.stations import evse_cards
from apps.dashboard.tabs.tab import Tab
from apps.journal import selectors as journal
from apps.reconciliation.selectors import list_of_station
from apps.sessions import selectors as sessions
from apps.sessions.selectors import SessionFilter
from apps.stations.models import Station

_CASES = 12


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    actor = request.user
    latest = sessions.list_sessions(actor, SessionFilter(station=station.identity))[:5]
    return {
        "cards": evse_cards(actor, station),
        "obstacles": obstacles(actor, station),
        "form_card": form_card(actor, station),
        "setup": setup_sheet(actor, station),
        "not_borne": not_borne(station, timezone.now()),
        "station_commands": station_commands(actor, station),
        "refusals": journal.list_refusals_of(actor, [station.pk])[:5],
        "rows": session_rows(latest),
        "cases": case_rows(list_of_station(actor, station.pk)[:_CASES]),
    }


TAB = Tab(key="overview", word="Overview", needs=Permission.SEE_STATIONS, gather=_gather)
