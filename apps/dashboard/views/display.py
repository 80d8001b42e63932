"""The Display tab of a station."""

from typing import Any

from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.display import display_sheet
from apps.stations.models import Station

_MENU = (
    ("set_display_message", "plus", "Show a message"),
    ("get_display_messages", "refresh-cw", "Ask what it shows"),
)


def display(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Display tab shows."""
    may, known = request.user.may_command, station.traits.commands
    return {
        "sheet": display_sheet(request.user, station),
        "display_menu": [entry for entry in _MENU if may(entry[0]) and entry[0] in known],
        "station_commands": station_commands(request.user, station, "display"),
    }
