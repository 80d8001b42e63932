"""The certificates of a station, and how it connects."""

from typing import Any

from django.utils import timezone

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.certificates import security_tab
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    return security_tab(request.user, station, timezone.now())


TAB = Tab(key="security", word="Security", needs=Permission.SEE_STATIONS, gather=_gather)
