"""Who may charge at a station that is offline."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.lists import list_sheet
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    return {
        "sheet": list_sheet(request.user, station),
        "station_commands": station_commands(request.user, station, "list"),
    }


TAB = Tab(key="list", word="Local list", needs=Permission.SEE_STATIONS, gather=_gather)
