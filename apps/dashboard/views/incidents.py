"""Incidents: what needs a person, and what people do about it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.incidents import AssignForm, MaintenanceForm, SnoozeForm, WordsForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.incidents import (
    VIEWS,
    incident_rows,
    incident_sheet,
    is_asleep,
)
from apps.domain.filters import one_of
from apps.incidents import maintenance, selectors, services
from apps.incidents.causes import SEVERITIES
from apps.incidents.models import Incident
from apps.incidents.selectors import IncidentFilter
from apps.stations.selectors import list_locations

_ORDER = ("-opened_at", "-id")
_WORST_FIRST = ("rank", "since_at", "id")


@page(Permission.SEE_STATIONS)
def show_list(request: PageRequest) -> HttpResponse:
    actor, query, now = request.user, request.GET, timezone.now()
    state = one_of(query, "state", selectors.VIEWS)
    wanted = IncidentFilter(
        state or selectors.CURRENT, severity=one_of(query, "severity", SEVERITIES),
        location=query.get("location", ""),
    )  # fmt: skip
    rows = selectors.list_incidents(actor, wanted, now=now)
    order: tuple[str, ...] = _ORDER
    if wanted.state == selectors.CURRENT:
        rows, order = selectors.worst_first(rows), _WORST_FIRST
    found = page_of(rows, order, query.get("after", ""))
    return render(
        request,
        "incidents/list.html",
        {
            "page": found,
            "rows": incident_rows(found.items),
            "wanted": wanted,
            "state": state,
            "is_filtered": bool(wanted.severity or wanted.location),
            "views": VIEWS,
            "severities": SEVERITIES,
            "locations": list_locations(actor),
            "works": selectors.list_maintenance(actor, now=now)[:20],
            "now": now,
        },
    )


@page(Permission.SEE_STATIONS)
def show(request: PageRequest, incident_id: int) -> HttpResponse:
    now = timezone.now()
    incident = selectors.get_incident(request.user, incident_id, now=now)
    return render(
        request,
        "incidents/page.html",
        {
            "it": incident_sheet(request.user, incident),
            "is_asleep": is_asleep(incident, now),
            "assign": AssignForm(actor=request.user, initial={"to": incident.assignee_id}),
            "snooze": SnoozeForm(),
            "words": WordsForm(),
        },
    )


@require_POST
@page(Permission.SEE_STATIONS, Permission.OPERATE)
def act(request: PageRequest, incident_id: int, what: str) -> HttpResponse:
    """Take it, give it, put it off, note something, or close it."""
    now = timezone.now()
    incident = selectors.get_incident(request.user, incident_id, now=now)
    deed = _DEEDS.get(what)
    if deed is None:
        raise Http404
    deed(request, incident)
    return redirect("dashboard:incident", incident_id=incident.pk)


def _acknowledge(request: PageRequest, incident: Incident) -> None:
    services.acknowledge(incident, actor=request.user, now=timezone.now())


def _assign(request: PageRequest, incident: Incident) -> None:
    form = AssignForm(request.POST, actor=request.user)
    if not form.is_valid():
        raise BadRequest("It can be given to people of your own organisation only.")
    services.assign(incident, form.cleaned_data["to"], actor=request.user)


def _snooze(request: PageRequest, incident: Incident) -> None:
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Say for how long: 1, 4, 24 or 168 hours.")
    services.snooze(incident, timezone.now() + form.span, actor=request.user)


def _note(request: PageRequest, incident: Incident) -> None:
    services.note(incident, _words(request), actor=request.user)


def _close(request: PageRequest, incident: Incident) -> None:
    services.close(incident, reason=_words(request), actor=request.user, now=timezone.now())


def _words(request: PageRequest) -> str:
    form = WordsForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Say it in 1 to 200 characters.")
    return str(form.cleaned_data["text"])


_DEEDS: dict[str, Callable[[PageRequest, Incident], None]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "snooze": _snooze,
    "note": _note,
    "close": _close,
}


@page(Permission.SEE_STATIONS, Permission.OPERATE)
def plan_maintenance(request: PageRequest) -> HttpResponse:
    form = MaintenanceForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        maintenance.plan_maintenance(**form.cleaned_data, actor=request.user)
        return redirect("dashboard:incidents")
    status = 422 if request.method == "POST" else 200
    return render(request, "incidents/maintenance.html", {"form": form}, status=status)


@require_POST
@page(Permission.SEE_STATIONS, Permission.OPERATE)
def call_off_maintenance(request: PageRequest, maintenance_id: int) -> HttpResponse:
    planned = selectors.get_maintenance(request.user, maintenance_id)
    maintenance.call_off_maintenance(planned, actor=request.user, now=timezone.now())
    return redirect("dashboard:incidents")
