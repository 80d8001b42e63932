"""What a station is called: other identities, and the words that people sort it by."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.records import AliasesForm, TagsForm
from apps.dashboard.views.stations import spread
from apps.stations.models import Station
from apps.stations.naming import set_aliases
from apps.stations.selectors import get_station
from apps.stations.tags import list_tags, set_tags


@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def tags(request: PageRequest, identity: str) -> HttpResponse:
    """All of them at once, in one line."""
    station = get_station(request.user, identity)
    known = ", ".join(station.tags.values_list("word", flat=True))
    given = request.POST if request.method == "POST" else None
    form = TagsForm(given, initial={"tags": known})
    if form.is_valid():
        try:
            set_tags(station, form.cleaned_data["tags"], actor=request.user)
            return redirect("dashboard:station", identity=identity)
        except ValidationError as error:
            form.add_error("tags", error.message_dict["tags"])
    context = {"station": station, "form": form, "known": list_tags(request.user)}
    status = 422 if form.is_bound else 200
    return render(request, "stations/tags.html", context, status=status)


@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def aliases(request: PageRequest, identity: str) -> HttpResponse:
    """Under which other identities a station may come in."""
    station = get_station(request.user, identity)
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
        spread(form, error)
        return False
    return True
