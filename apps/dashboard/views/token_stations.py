"""The stations that may be asked what they know of a token."""

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.commands.abilities import protocols_for
from apps.dashboard.access import PageRequest, page
from apps.domain.device import CustomerInformation
from apps.sessions import selectors as sessions
from apps.sessions.selectors import SessionFilter
from apps.stations import selectors as stations
from apps.stations.filters import StationFilter
from apps.tokens import selectors as tokens

_MOST_STATIONS = 50


@page(Permission.HELP_DRIVER, Permission.EDIT_TOKENS)
def show(request: PageRequest, token_id: int) -> HttpResponse:
    """Those where it charged come first."""
    actor = request.user
    token = tokens.get_token(actor, token_id)
    q = request.GET.get("q", "").strip()
    charged = sessions.list_sessions(actor, SessionFilter(token=token.uid)).order_by()
    known = set(charged.values_list("station_id", flat=True).distinct()[:500])
    found = stations.list_stations(actor, StationFilter(q=q)).order_by("identity")
    able = found.filter(protocol__in=protocols_for(CustomerInformation(customer="?")))
    first = list(able.filter(pk__in=known)[:_MOST_STATIONS])
    others = able.exclude(pk__in=known)[: _MOST_STATIONS - len(first)]
    lines = [(station, station.pk in known) for station in (*first, *others)]
    context = {
        "token": token,
        "lines": lines,
        "q": q,
        "hidden": able.order_by().count() - len(lines),
    }
    return render(request, "tokens/stations.html", context)
