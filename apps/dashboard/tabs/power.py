"""The limits of a station, and what is planned."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.power import power_sheet
from apps.dashboard.tabs.tab import Tab
from apps.domain.texts import MAX_INT32, whole_number
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    evse_id = whole_number(request.GET.get("evse", ""), most=MAX_INT32) or 0
    return {
        "sheet": power_sheet(request.user, station, evse_id),
        "station_commands": station_commands(request.user, station, "power"),
    }


TAB = Tab(key="power", word="Power", needs=Permission.SEE_STATIONS, gather=_gather)
