"""One station: its tabs, and the commands that are given to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.control.services import give
from apps.dashboard import actions
from apps.dashboard.access import PageRequest, page
from apps.dashboard.commands import SCREENS
from apps.dashboard.connecting import connection_urls
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters import messages as log
from apps.dashboard.presenters.activity import activity, station_commands
from apps.dashboard.presenters.certificates import obstacles, security_tab
from apps.dashboard.presenters.commands import command_life
from apps.dashboard.presenters.lists import list_sheet
from apps.dashboard.presenters.maintenance import station_orders
from apps.dashboard.presenters.onboarding import setup_sheet
from apps.dashboard.presenters.power import power_sheet
from apps.dashboard.presenters.reservations import reservation_sheet
from apps.dashboard.presenters.sessions import session_rows
from apps.dashboard.presenters.stations import connection_words, evse_cards, station_head
from apps.dashboard.views import device
from apps.dashboard.views import display as display_tab
from apps.domain.command import BadParameters
from apps.domain.commands import COMMANDS
from apps.domain.texts import MAX_INT32, whole_number
from apps.journal import selectors as journal
from apps.journal.selectors import MessageFilter
from apps.sessions import selectors as sessions
from apps.sessions.selectors import SessionFilter
from apps.stations import selectors
from apps.stations.models import Station
from apps.tokens import selectors as tokens

TABS = (
    ("overview", "Overview"),
    ("activity", "Activity"),
    ("messages", "Messages"),
    ("sessions", "Sessions"),
    ("list", "Local list"),
    ("reservations", "Reservations"),
    ("configuration", "Configuration"),
    ("monitoring", "Monitoring"),
    ("maintenance", "Firmware & diagnostics"),
    ("power", "Power"),
    ("display", "Display"),
    ("security", "Security"),
)
_ACTIVITY = timedelta(days=7)


@page(Permission.SEE_STATIONS)
def show(request: PageRequest, identity: str) -> HttpResponse:
    station = selectors.get_station(request.user, identity)
    tab = request.GET.get("tab", "overview")
    gather = _TABS.get(tab, _overview)
    actor = request.user
    context = {
        "station": station,
        "tabs": TABS,
        "tab": tab if tab in _TABS else "overview",
        "head": station_head(actor, station),
        "menu": actions.groups_for(actor, station),
        "urls": connection_urls(request, station.identity),
        **gather(request, station),
    }
    return render(request, "stations/page.html", context)


@page(Permission.SEE_STATIONS)
def act(request: PageRequest, identity: str, name: str) -> HttpResponse:
    """The form of a command, and giving it. Without JavaScript it is a page of its own."""
    kind = COMMANDS.get(name)
    form_class = SCREENS[kind].form if kind else None
    if form_class is None:
        raise Http404(name)
    if not request.user.may_command(name):
        raise PermissionDenied
    station = selectors.get_station(request.user, identity)
    form, action = _form(request, station, form_class, name)
    if request.method == "POST" and form.is_valid():
        try:
            return _given(request, station, form)
        except BadParameters as error:
            words = "; ".join(error.problems)
            form.add_error(None, f"{words[:1].upper()}{words[1:]}.")
    return _asked(request, station, form, action)


def _form(
    request: PageRequest, station: Station, form_class: type[CommandForm], name: str
) -> tuple[CommandForm, actions.Action]:
    preset = request.GET.dict()
    action = actions.find_action(name, {**preset, **request.POST.dict()})
    if action is None:
        raise Http404(name)
    numbers = {c.evse.number for c in selectors.list_connectors(request.user, [station.pk])}
    given = request.POST if request.method == "POST" else None
    form = form_class(
        given,
        station=station,
        initial=preset,
        evses=sorted(numbers) or [1],
        danger=action.danger,
    )
    form.know(request.user)
    return form, action


def _given(request: PageRequest, station: Station, form: CommandForm) -> HttpResponse:
    row = give(
        request.user,
        station,
        form.command(),
        reason=form.cleaned_data.get("reason", ""),
        session_id=whole_number(request.GET.get("session", "")),
    )
    if not request.htmx:
        return redirect("dashboard:command", command_id=row.pk)
    response = render(request, "commands/queued.html", {"life": command_life(row)})
    response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    response["HX-Trigger"] = "dialog:close"
    return response


def _asked(
    request: PageRequest, station: Station, form: CommandForm, action: actions.Action
) -> HttpResponse:
    running = sessions.list_running(request.user, [station.pk])
    context = {
        "station": station,
        "form": form,
        "action": action,
        "connection": connection_words(station),
        "effect": actions.effect_on(action, running, whole_number(request.GET.get("evse_id", ""))),
    }
    template = "stations/_action.html" if request.htmx else "stations/action.html"
    status = 422 if form.is_bound else 200
    return render(request, template, context, status=status)


def _overview(request: PageRequest, station: Station) -> dict[str, Any]:
    actor = request.user
    return {
        "cards": evse_cards(actor, station),
        "obstacles": obstacles(actor, station),
        "setup": setup_sheet(actor, station),
        "station_commands": station_commands(actor, station),
        "refusals": journal.list_refusals_of(actor, [station.pk])[:5],
        "rows": session_rows(sessions.list_sessions(actor, _at(station))[:5]),
    }


def _activity(request: PageRequest, station: Station) -> dict[str, Any]:
    since = timezone.now() - _ACTIVITY
    return {"entries": activity(request.user, station, since=since)}


def _messages(request: PageRequest, station: Station) -> dict[str, Any]:
    if not request.user.may(Permission.SEE_MESSAGES):
        raise PermissionDenied
    filter_ = MessageFilter(
        station_id=station.pk,
        q=request.GET.get("q", "").strip(),
        hide=request.GET.get("hide", ""),
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


def _sessions(request: PageRequest, station: Station) -> dict[str, Any]:
    found = sessions.list_sessions(request.user, _at(station))
    shown = page_of(found, ("-started_at", "-id"), request.GET.get("after", ""))
    attempts = tokens.list_attempts(request.user, station_id=station.pk, limit=30)
    return {"page": shown, "rows": session_rows(shown.items), "attempts": attempts}


def _maintenance(request: PageRequest, station: Station) -> dict[str, Any]:
    return {
        "orders": station_orders(request.user, station),
        "orders_menu": actions.strip_of("maintenance", request.user, station),
    }


def _power(request: PageRequest, station: Station) -> dict[str, Any]:
    evse_id = whole_number(request.GET.get("evse", ""), most=MAX_INT32) or 0
    return {
        "sheet": power_sheet(request.user, station, evse_id),
        "station_commands": station_commands(request.user, station, "power"),
    }


def _security(request: PageRequest, station: Station) -> dict[str, Any]:
    return security_tab(request.user, station, timezone.now())


def _at(station: Station) -> SessionFilter:
    return SessionFilter(station=station.identity)


def _local_list(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Local list tab shows."""
    return {
        "sheet": list_sheet(request.user, station),
        "station_commands": station_commands(request.user, station, "list"),
    }


def _reservations(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Reservations tab shows."""
    return {
        "sheet": reservation_sheet(request.user, station),
        "station_commands": station_commands(request.user, station, "reservations"),
    }


_TABS: dict[str, Callable[[PageRequest, Station], dict[str, Any]]] = {
    "overview": _overview,
    "activity": _activity,
    "messages": _messages,
    "sessions": _sessions,
    "list": _local_list,
    "reservations": _reservations,
    "configuration": device.configuration,
    "monitoring": device.monitoring,
    "maintenance": _maintenance,
    "power": _power,
    "display": display_tab.display,
    "security": _security,
}
