"""The message log of the whole organisation."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page, zone_of
from apps.dashboard.paging import page_of
from apps.dashboard.presenters import messages as log
from apps.journal import selectors
from apps.journal.selectors import MessageFilter
from apps.sessions.filters import instant
from apps.stations.selectors import list_stations

_RESULTS = (
    ("errors", "Trouble only"),
    ("ok", "OK"),
    ("timed_out", "No reply"),
    ("waiting", "Waiting"),
    ("malformed", "Malformed"),
)
_HIDE = (("heartbeats", "Heartbeats"), ("meters", "Meter values"), ("both", "Both"))
_TAIL = 100


@page(Permission.SEE_MESSAGES)
def show_list(request: PageRequest) -> HttpResponse:
    filter_, unknown_station = _filter(request)
    found = selectors.list_messages(request.user, filter_)
    if unknown_station:
        found = found.none()
    shown = page_of(found, ("-at", "-id"), request.GET.get("after", ""))
    links = log.links_between(request.user, filter_, shown.items, is_first=shown.is_first)
    return render(
        request,
        "messages/list.html",
        {
            "page": shown,
            "lines": log.lines(request.user, shown.items, [] if unknown_station else links),
            "filter": filter_,
            "station": request.GET.get("station", "").strip(),
            "results": _RESULTS,
            "hides": _HIDE,
            "newest_id": selectors.newest_id(request.user),
            "is_filtered": any(v for k, v in request.GET.items() if k != "after"),
        },
    )


@page(Permission.SEE_MESSAGES)
def show_tail(request: PageRequest) -> HttpResponse:
    """What came after ``since`` in the same filter, for the top of the open log."""
    filter_, unknown_station = _filter(request)
    since = request.GET.get("since", "0")
    newer = selectors.list_messages(request.user, filter_).filter(
        pk__gt=int(since) if since.isdecimal() else 0
    )
    found = [] if unknown_station else list(newer.order_by("-id")[:_TAIL])
    newest = max((m.pk for m in found), default=0)
    lines = log.lines(request.user, found)
    return render(request, "messages/_tail.html", {"lines": lines, "newest_id": newest})


@page(Permission.SEE_MESSAGES)
def show(request: PageRequest, message_id: int) -> HttpResponse:
    message = selectors.list_messages(request.user).get(pk=message_id)
    line = log.lines(request.user, [message])[0]
    return render(request, "messages/page.html", {"line": line, "message": message})


def _filter(request: PageRequest) -> tuple[MessageFilter, bool]:
    """The filter, and whether it names a station that is not here."""
    query, zone = request.GET, zone_of(request.user)
    name = query.get("station", "").strip()
    station = list_stations(request.user).filter(identity__iexact=name).first() if name else None
    session = query.get("session", "")
    command = query.get("command", "")
    filter_ = MessageFilter(
        station_id=station.pk if station else None,
        session_id=int(session) if session.isdecimal() else None,
        command_id=int(command) if command.isdecimal() else None,
        direction=query.get("direction", ""),
        action=query.get("action", "").strip(),
        result=query.get("result", ""),
        hide=query.get("hide", ""),
        q=query.get("q", "").strip(),
        after=instant(query.get("from", ""), zone),
        before=instant(query.get("until", ""), zone),
    )
    return filter_, bool(name) and station is None
