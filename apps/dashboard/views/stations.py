"""The list of stations, the inbox of unknown chargers, and adopting one."""

from contextlib import suppress

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.connecting import connection_urls
from apps.dashboard.forms.records import AliasesForm, StationForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.overview import bar
from apps.dashboard.presenters.stations import station_rows
from apps.domain.vocabulary import Protocol
from apps.onboarding.selectors import list_held
from apps.stations import availability, selectors, services, turned_away
from apps.stations.models import Station
from apps.stations.naming import set_aliases
from apps.stations.selectors import StationFilter

_ORDERS = {"attention": ("rank", "identity"), "identity": ("identity",)}
_CONNECTIONS = (
    ("attention", "Needs attention"),
    ("online", "Online"),
    ("offline", "Offline"),
    ("never", "Never connected"),
    ("waiting", "Waiting"),
)


@page(Permission.SEE_STATIONS)
def show_list(request: PageRequest) -> HttpResponse:
    actor, query = request.user, request.GET
    names = ("q", "state", "connection", "location", "vendor", "protocol")
    filter_ = StationFilter(**{name: query.get(name, "").strip() for name in names})
    sort = query.get("sort", "attention")
    found = selectors.list_stations(actor, filter_)
    shown = page_of(found, _ORDERS.get(sort, _ORDERS["attention"]), query.get("after", ""))
    may_let_in = actor.may(Permission.EDIT_STATIONS)
    return render(
        request,
        "stations/list.html",
        {
            "page": shown,
            "rows": station_rows(actor, shown.items),
            "total": found.order_by().count(),
            "filter": filter_,
            "is_filtered": filter_ != StationFilter(),
            "bar": bar(actor),
            "states": availability.ALL,
            "connections": _CONNECTIONS,
            "protocols": selectors.list_protocols(),
            "locations": selectors.list_locations(actor),
            "vendors": selectors.list_vendors(actor),
            "sort": sort,
            **(_outside(request) if may_let_in else {}),
            "held": list_held(actor) if may_let_in else [],
            "urls": connection_urls(request, "CHARGER-ID"),
        },
    )


def _outside(request: PageRequest) -> dict[str, object]:
    """Who was turned away, or, where they are asked for, those that were dismissed."""
    is_dismissed = request.GET.get("turned_away") == "dismissed"
    refusals = turned_away.list_turned_away(request.user, is_dismissed=is_dismissed)
    likely = turned_away.list_likely(request.user, refusals)
    known = selectors.list_identities(
        request.user, [r.station_id for r in refusals if r.station_id]
    )
    return {
        "refusals": refusals,
        "outside": [(r, known.get(r.station_id or 0, ""), likely.get(r.pk)) for r in refusals],
        "dismissed": turned_away.count_dismissed(request.user),
        "shows_dismissed": is_dismissed,
        "spoken": [protocol.value for protocol in Protocol],
        "password_reasons": turned_away.BY_PASSWORD,
    }


@require_POST
@page(Permission.EDIT_STATIONS)
def dismiss(request: PageRequest, refusal_id: int) -> HttpResponse:
    """Leaves a charger out of those that were turned away, or brings it back."""
    actor = request.user
    refusal = turned_away.get_turned_away(actor, refusal_id)
    if request.POST.get("back"):
        turned_away.bring_back(refusal, actor=actor)
        return redirect(f"{reverse('dashboard:stations')}?turned_away=dismissed")
    turned_away.dismiss(refusal, actor=actor, now=timezone.now())
    return redirect("dashboard:stations")


@require_POST
@page(Permission.EDIT_STATIONS)
def take_for(request: PageRequest, refusal_id: int, identity: str) -> HttpResponse:
    """Who was turned away is this station, and is let in from now on."""
    refusal = turned_away.get_turned_away(request.user, refusal_id)
    station = selectors.get_station(request.user, identity)
    with suppress(ValidationError):  # somebody was faster; the list says how it is now
        turned_away.take_for(refusal, station, actor=request.user)
    return redirect("dashboard:station", identity=identity)


@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def aliases(request: PageRequest, identity: str) -> HttpResponse:
    """Under which other identities a station may come in."""
    station = selectors.get_station(request.user, identity)
    known = "\n".join(station.aliases.values_list("identity", flat=True))
    given = request.POST if request.method == "POST" else None
    form = AliasesForm(given, initial={"aliases": known})
    if form.is_valid() and _renamed(request, station, form):
        return redirect("dashboard:station", identity=identity)
    status = 422 if form.is_bound else 200
    return render(
        request, "stations/aliases.html", {"station": station, "form": form}, status=status
    )


def _renamed(request: PageRequest, station: Station, form: AliasesForm) -> bool:
    try:
        set_aliases(station, form.cleaned_data["aliases"], actor=request.user)
    except ValidationError as error:
        _spread(form, error)
        return False
    return True


@page(Permission.EDIT_STATIONS)
def add(request: PageRequest) -> HttpResponse:
    """Registers a station; an unknown charger comes here with its name filled in."""
    if request.method != "POST":
        form = StationForm(
            actor=request.user, initial={"identity": request.GET.get("identity", "")}
        )
        return render(request, "stations/add.html", {"form": form})
    form = StationForm(request.POST, actor=request.user)
    if form.is_valid() and _added(request, form):
        return redirect("dashboard:station", identity=form.cleaned_data["identity"])
    return render(request, "stations/add.html", {"form": form}, status=422)


def _added(request: PageRequest, form: StationForm) -> bool:
    data = form.cleaned_data
    try:
        services.add_station(
            organisation=request.user.organisation,
            identity=data["identity"],
            location=data["location"],
            password=data["password"] or None,
            security_profile=1 if data["password"] else 0,
            actor=request.user,
            now=timezone.now(),
        )
    except ValidationError as error:
        _spread(form, error)
        return False
    return True


def _spread(form: forms.Form, error: ValidationError) -> None:
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)
