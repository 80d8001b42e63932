"""What a station shows to drivers."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard import actions
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.display import display_sheet
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    return {
        "sheet": display_sheet(request.user, station),
        "display_menu": actions.strip_of("display", request.user, station),
        "station_commands": station_commands(request.user, station, "display"),
    }


TAB = Tab(key="display", word="Display", needs=Permission.SEE_STATIONS, gather=_gather)
