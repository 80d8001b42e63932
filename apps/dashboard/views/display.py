"""The Display tab of a station."""

from typing import Any

from apps.dashboard import actions
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.display import display_sheet
from apps.stations.models import Station


def display(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Display tab shows."""
    return {
        "sheet": display_sheet(request.user, station),
        "display_menu": actions.strip_of("display", request.user, station),
        "station_commands": station_commands(request.user, station, "display"),
    }
