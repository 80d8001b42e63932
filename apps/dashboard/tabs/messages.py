"""What a station said, and what it was told."""

from typing import Any

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest
from apps.dashboard.paging import page_of
from apps.dashboard.presenters import messages as log
from apps.dashboard.tabs.tab import Tab
from apps.domain.filters import one_of
from apps.journal import selectors as journal
from apps.journal.selectors import HIDEABLE, MessageFilter
from apps.stations.models import Station


def _gather(request: PageRequest, station: Station) -> dict[str, Any]:
    filter_ = MessageFilter(
        station_id=station.pk,
        q=request.GET.get("q", "").strip(),
        hide=one_of(request.GET, "hide", HIDEABLE),
        result=request.GET.get("result", ""),
    )
    found = journal.list_messages(request.user, filter_)
    shown = page_of(found, ("-at", "-id"), request.GET.get("after", ""))
    links = log.links_between(request.user, filter_, shown.items, is_first=shown.is_first)
    lines = log.lines(request.user, shown.items, links)
    return {
        "page": shown,
        "lines": lines,
        "filter": filter_,
        "newest_id": journal.newest_id(request.user),
    }


TAB = Tab(key="messages", word="Messages", needs=Permission.SEE_MESSAGES, gather=_gather)
