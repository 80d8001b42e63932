"""Attempts that came to nothing, for whoever has a driver on the phone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.attempts.attempt import Outcome, Wanted, place_in, written
from apps.attempts.selectors import list_attempts
from apps.dashboard.access import PageRequest, page, zone_of
from apps.dashboard.paging import SIZE, Page
from apps.dashboard.presenters.attempts import VIEWS, attempt_rows
from apps.domain.filters import check_names, one_of
from apps.sessions import filters
from apps.stations.selectors import list_locations

_NAMES = frozenset({"token", "station", "location", "outcome", "from", "to", "after"})


@page(Permission.SEE_SESSIONS)
def show_list(request: PageRequest) -> HttpResponse:
    actor, query = request.user, request.GET
    check_names(query, _NAMES)
    sessions = filters.from_query(query.dict(), zone_of(actor))
    wanted = Wanted(
        sessions.token, sessions.station, sessions.location,
        one_of(query, "outcome", {*Outcome}),
        sessions.started_after, sessions.started_before,
    )  # fmt: skip
    cursor = query.get("after", "")
    try:
        below = place_in(cursor)
    except ValueError:
        cursor, below = "", None
    found, after = list_attempts(actor, wanted, now=timezone.now(), limit=SIZE, below=below)
    shown = Page(found, written(after), not cursor, after[0] if after and not found else None)
    return render(
        request,
        "attempts/list.html",
        {
            "page": shown,
            "rows": attempt_rows(actor, found),
            "wanted": wanted,
            "is_filtered": wanted != Wanted(),
            "views": VIEWS,
            "locations": list_locations(actor),
            "from": query.get("from", ""),
            "to": query.get("to", ""),
        },
    )
