"""What is watched in a station."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard import actions
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.monitoring import monitoring_sheet
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    actor = request.user
    return {
        "sheet": monitoring_sheet(actor, station),
        "monitoring_menu": actions.strip_of("monitoring", actor, station),
        "station_commands": station_commands(actor, station, "monitoring"),
    }


TAB = Tab(key="monitoring", word="Monitoring", needs=Permission.SEE_STATIONS, gather=_gather)
