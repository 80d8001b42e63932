"""What happened at a station."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.presenters.activity import activity
from apps.dashboard.tabs.tab import Tab
from apps.stations.models import Station

_SHOWN = timedelta(days=7)


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    since = timezone.now() - _SHOWN
    return {"entries": activity(request.user, station, since=since)}


TAB = Tab(key="activity", word="Activity", needs=Permission.SEE_STATIONS, gather=_gather)
