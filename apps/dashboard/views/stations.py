"""The list of stations, and adding one."""

from dataclasses import asdict
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.actions import for_many
from apps.dashboard.connecting import connection_urls
from apps.dashboard.forms.records import StationForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.outside import outside
from apps.dashboard.presenters.overview import Numbers, bar
from apps.dashboard.presenters.stations import station_rows
from apps.onboarding.selectors import list_held
from apps.stations import availability, selectors, services
from apps.stations.filters import StationFilter, filter_of
from apps.stations.groups import list_groups
from apps.stations.tag_words import key_of
from apps.stations.tags import list_tags

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
    filter_ = filter_of(query.dict())
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
            "bar": bar(Numbers(actor)),
            "states": availability.ALL,
            "connections": _CONNECTIONS,
            "protocols": selectors.list_protocols(),
            "locations": selectors.list_locations(actor),
            "vendors": selectors.list_vendors(actor),
            **_tags(actor, filter_.tag),
            "groups": list_groups(actor),
            "sort": sort,
            **(outside(request) if may_let_in else {}),
            "held": list_held(actor) if may_let_in else [],
            "urls": connection_urls(request, "CHARGER-ID"),
            "actions": for_many(actor),
            "query": urlencode({k: v for k, v in asdict(filter_).items() if v}),
        },
    )


def _tags(actor: Actor, chosen: str) -> dict[str, object]:
    """What there is to choose from; ``odd_tag``: one that is asked for, and no station has."""
    found, key = list_tags(actor), key_of(chosen)
    is_known = any(tag.key == key for tag in found)
    return {"tags": found, "tag_key": key, "odd_tag": "" if is_known else chosen}


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
        spread(form, error)
        return False
    return True


def spread(form: forms.Form, error: ValidationError) -> None:
    """What a service refuses, beside the fields that it is about."""
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)
