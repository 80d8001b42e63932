"""The device model of a station."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard import actions
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.configuration import SHOW, configuration_sheet, model_report
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    actor = request.user
    q, show = request.GET.get("q", "").strip(), request.GET.get("show", "")
    return {
        "sheet": configuration_sheet(actor, station, q, show),
        "report": model_report(actor, station),
        "q": q,
        "show": show,
        "shows": SHOW,
        "reading": actions.strip_of("configuration", actor, station),
        "station_commands": station_commands(actor, station, "configuration"),
    }


TAB = Tab(key="configuration", word="Configuration", needs=Permission.SEE_STATIONS, gather=_gather)
