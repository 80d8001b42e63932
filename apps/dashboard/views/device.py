"""The device model and the monitors of a station; where a token is known."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.commands.abilities import protocols_for
from apps.dashboard import actions
from apps.dashboard.access import PageRequest, page
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.configuration import SHOW, configuration_sheet, model_report
from apps.dashboard.presenters.monitoring import monitoring_sheet
from apps.domain.device import CustomerInformation
from apps.sessions import selectors as sessions
from apps.sessions.selectors import SessionFilter
from apps.stations import selectors as stations
from apps.stations.models import Station
from apps.stations.selectors import StationFilter
from apps.tokens import selectors as tokens

_MOST_STATIONS = 50


def configuration(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Configuration tab shows."""
    actor = request.user
    q, show = request.GET.get("q", "").strip(), request.GET.get("show", "")
    return {
        "sheet": configuration_sheet(actor, station, q, show),
        "report": model_report(actor, station),
        "q": q,
        "show": show,
        "shows": SHOW,
        "reading": actions.strip_of("configuration", actor, station),
        "station_commands": station_commands(actor, station, "configuration"),
    }


def monitoring(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Monitoring tab shows."""
    actor = request.user
    return {
        "sheet": monitoring_sheet(actor, station),
        "monitoring_menu": actions.strip_of("monitoring", actor, station),
        "station_commands": station_commands(actor, station, "monitoring"),
    }


@page(Permission.HELP_DRIVER, Permission.EDIT_TOKENS)
def token_stations(request: PageRequest, token_id: int) -> HttpResponse:
    """The stations that may be asked what they know of a card, those where it charged first."""
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
