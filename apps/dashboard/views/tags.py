"""The words that people sort a station by."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.records import TagsForm
from apps.stations.selectors import get_station
from apps.stations.tags import list_tags, set_tags


@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def edit(request: PageRequest, identity: str) -> HttpResponse:
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
