"""Firmware and logs of a station, and what stations of that firmware take."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard import actions
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.habits import habit_card
from apps.dashboard.presenters.maintenance import station_orders
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    return {
        "orders": station_orders(request.user, station),
        "habits": habit_card(request.user, station),
        "orders_menu": actions.strip_of("maintenance", request.user, station),
    }


TAB = Tab(
    key="maintenance", word="Firmware & diagnostics", needs=Permission.SEE_STATIONS, gather=_gather
)
