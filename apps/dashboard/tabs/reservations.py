"""What a station holds for whom."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.reservations import reservation_sheet
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    return {
        "sheet": reservation_sheet(request.user, station),
        "station_commands": station_commands(request.user, station, "reservations"),
    }


TAB = Tab(key="reservations", word="Reservations", needs=Permission.SEE_STATIONS, gather=_gather)
