"""One station: its tabs, and the commands that are given to it."""

from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.control.services import give
from apps.dashboard import actions
from apps.dashboard.access import PageRequest, page
from apps.dashboard.commands import SCREENS
from apps.dashboard.connecting import connection_urls
from apps.dashboard.forms.commands import CommandForm
from apps.dashboard.presenters.commands import command_life
from apps.dashboard.presenters.stations import connection_words, station_head
from apps.dashboard.tabs import TABS
from apps.domain.command import BadParameters
from apps.domain.commands import COMMANDS
from apps.domain.texts import whole_number
from apps.domain.vocabulary import Protocol, Strictness
from apps.habits.models import Habit
from apps.habits.selectors import get_habit
from apps.habits.services import forget
from apps.sessions import selectors as sessions
from apps.stations import selectors
from apps.stations.models import Station
from apps.stations.services import change_station

_BY_KEY = {tab.key: tab for tab in TABS}


@page(Permission.SEE_STATIONS)
def show(request: PageRequest, identity: str) -> HttpResponse:
    """A tab that there is not is the first."""
    actor = request.user
    station = selectors.get_station(actor, identity)
    tab = _BY_KEY.get(request.GET.get("tab", ""), TABS[0])
    if not actor.may(tab.needs):
        raise PermissionDenied
    context = {
        "station": station,
        "tabs": [one for one in TABS if actor.may(one.needs)],
        "tab": tab,
        "head": station_head(actor, station),
        "menu": actions.groups_for(actor, station),
        "urls": connection_urls(request, station.identity),
        **tab.gather(request, station),
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


@require_POST
@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def set_reading(request: PageRequest, identity: str) -> HttpResponse:
    """How the form of its messages is judged from the next beat on."""
    station = selectors.get_station(request.user, identity)
    reading = request.POST.get("reading", "")
    if reading not in list(Strictness):
        return HttpResponseBadRequest("A station is read tolerant or strict.")
    change_station(station, actor=request.user, reading=reading)
    return redirect("dashboard:station", identity=identity)


@require_POST
@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def assume_protocol(request: PageRequest, identity: str) -> HttpResponse:
    """What it speaks where it offers nothing that is spoken here, from its next try on."""
    station = selectors.get_station(request.user, identity)
    protocol = request.POST.get("protocol", "")
    if protocol not in ("", *Protocol):
        return HttpResponseBadRequest("A station speaks ocpp1.6, ocpp2.0.1, or what it offers.")
    change_station(station, actor=request.user, assumed_protocol=protocol)
    return redirect("dashboard:station", identity=identity)


@require_POST
@page(Permission.SEE_STATIONS, Permission.EDIT_NETWORK)
def forget_habit(request: PageRequest, identity: str, habit_id: int) -> HttpResponse:
    """It is found out anew, by the next command that shows it."""
    station = selectors.get_station(request.user, identity)
    with suppress(Habit.DoesNotExist):  # somebody else has had it forgotten
        forget(get_habit(request.user, habit_id), station, actor=request.user)
    return redirect(f"{reverse('dashboard:station', args=[identity])}?tab=maintenance")


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
