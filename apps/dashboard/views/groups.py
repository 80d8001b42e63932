"""Named groups of stations: kept from the list, listed, and let go."""

from urllib.parse import parse_qsl

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.domain.texts import whole_number
from apps.stations.filters import filter_of
from apps.stations.groups import add_group, list_groups, remove_group
from apps.stations.selectors import list_stations


@page(Permission.SEE_STATIONS)
def show_list(request: PageRequest) -> HttpResponse:
    """Those that are shared, and one's own."""
    return render(request, "groups/list.html", {"groups": list_groups(request.user)})


@require_POST
@page(Permission.SEE_STATIONS)
def add(request: PageRequest) -> HttpResponse:
    """First asks for a name; what was chosen in the list is carried along."""
    keys = [key for text in request.POST.getlist("station") if (key := whole_number(text))]
    is_filter, query = bool(request.POST.get("all")), request.POST.get("query", "")
    chosen = list_stations(request.user).filter(pk__in=keys)
    if is_filter:
        chosen = list_stations(request.user, filter_of(dict(parse_qsl(query))))
    name = request.POST.get("name", "")
    context = {
        "keys": keys, "query": query, "is_filter": is_filter, "count": chosen.order_by().count(),
        "name": name, "problem": "",
    }  # fmt: skip
    if "name" in request.POST:
        is_shared = bool(request.POST.get("shared"))
        if is_shared and not request.user.may(Permission.EDIT_STATIONS):
            raise PermissionDenied
        try:
            stations = None if is_filter else list(chosen)
            add_group(request.user, name, stations=stations, query=query, is_shared=is_shared)
            return redirect("dashboard:groups")
        except ValidationError as error:
            context["problem"] = error.messages[0]
    status = 422 if context["problem"] else 200
    return render(request, "groups/add.html", context, status=status)


@require_POST
@page(Permission.SEE_STATIONS)
def remove(request: PageRequest, group_id: int) -> HttpResponse:
    group = list_groups(request.user).get(pk=group_id)
    if group.owner_id is None and not request.user.may(Permission.EDIT_STATIONS):
        raise PermissionDenied
    remove_group(request.user, group.pk)
    return redirect("dashboard:groups")
