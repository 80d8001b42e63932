"""The message log of the whole organisation."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page, zone_of
from apps.dashboard.paging import page_of
from apps.dashboard.presenters import messages as log
from apps.domain.filters import one_of
from apps.domain.texts import whole_number
from apps.journal import selectors
from apps.journal.selectors import DIRECTIONS, HIDEABLE, MessageFilter
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
    filter_, is_nowhere = _filter(request)
    found = selectors.list_messages(request.user, filter_)
    if is_nowhere:
        found = found.none()
    among = None if is_nowhere else selectors.looked_among(request.user, filter_)
    shown = page_of(found, ("-at", "-id"), request.GET.get("after", ""), among=among)
    links = log.links_between(request.user, filter_, shown.items, is_first=shown.is_first)
    return render(
        request,
        "messages/list.html",
        {
            "page": shown,
            "lines": log.lines(request.user, shown.items, [] if is_nowhere else links),
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
    filter_, is_nowhere = _filter(request)
    since = whole_number(request.GET.get("since", "")) or 0
    newer = selectors.list_messages(request.user, filter_).filter(pk__gt=since)
    found = [] if is_nowhere else list(newer.order_by("-id")[:_TAIL])
    newest = max((m.pk for m in found), default=0)
    lines = log.lines(request.user, found)
    return render(request, "messages/_tail.html", {"lines": lines, "newest_id": newest})


@page(Permission.SEE_MESSAGES)
def show(request: PageRequest, message_id: int) -> HttpResponse:
    message = selectors.list_messages(request.user).get(pk=message_id)
    line = log.lines(request.user, [message])[0]
    return render(request, "messages/page.html", {"line": line, "message": message})


def _filter(request: PageRequest) -> tuple[MessageFilter, bool]:
    """The filter, and whether it names what cannot be here: nothing fits it then."""
    query, zone = request.GET, zone_of(request.user)
    name = query.get("station", "").strip()
    station = list_stations(request.user).filter(identity__iexact=name).first() if name else None
    session, command = query.get("session", ""), query.get("command", "")
    filter_ = MessageFilter(
        station_id=station.pk if station else None,
        session_id=whole_number(session),
        command_id=whole_number(command),
        direction=one_of(query, "direction", DIRECTIONS),
        action=query.get("action", "").strip(),
        result=query.get("result", ""),
        hide=one_of(query, "hide", HIDEABLE),
        q=query.get("q", "").strip(),
        after=instant(query, "from", zone),
        before=instant(query, "until", zone),
    )
    asked = ((name, station), (session, filter_.session_id), (command, filter_.command_id))
    return filter_, any(text and found is None for text, found in asked)
