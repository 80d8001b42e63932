"""Limits that go out at their time: planned, and called off."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.campaigns.selectors import list_campaigns
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.power import PlanForm
from apps.domain.command import BadParameters
from apps.power.planned import PlannedLimits, call_off_limit
from apps.stations import selectors


@page(Permission.SEE_STATIONS, Permission.OPERATE)
def plan(request: PageRequest, identity: str) -> HttpResponse:
    """The form of a planned limit, and planning it."""
    station = selectors.get_station(request.user, identity)
    numbers = {c.evse.number for c in selectors.list_connectors(request.user, [station.pk])}
    given = request.POST if request.method == "POST" else None
    form = PlanForm(given, station=station, evses=sorted(numbers) or [1])
    if request.method == "POST" and form.is_valid():
        try:
            form.plan(actor=request.user, now=timezone.now())
        except BadParameters as error:
            form.add_error(None, ". ".join(error.problems) + ".")
        else:
            return redirect(_tab(identity))
    status = 422 if form.is_bound else 200
    return render(request, "stations/plan.html", {"station": station, "form": form}, status=status)


@page(Permission.SEE_STATIONS, Permission.OPERATE)
def cancel(request: PageRequest, push_id: int) -> HttpResponse:
    """Asks, and calls a push off: it is never due again."""
    push = list_campaigns(request.user, PlannedLimits).get(pk=push_id)
    if request.method != "POST":
        return render(request, "stations/call_off.html", {"push": push})
    call_off_limit(push, actor=request.user)
    return redirect(_tab(push.station.identity) if push.station else "dashboard:stations")


def _tab(identity: str) -> str:
    return f"{reverse('dashboard:station', args=[identity])}?tab=power"
