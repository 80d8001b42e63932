"""Chargers that were turned away: why, and what lets them in."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.records import StationForm
from apps.dashboard.presenters.outside import outside
from apps.dashboard.views.stations import spread
from apps.domain.texts import whole_number
from apps.stations import selectors, turned_away


@require_POST
@page(Permission.EDIT_NETWORK)
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
def show(request: PageRequest) -> HttpResponse:
    """The list of who was turned away by itself, as a page that shows it renews it."""
    return render(request, "stations/_inbox.html", outside(request))


@require_POST
@page(Permission.EDIT_NETWORK)
def block(request: PageRequest, refusal_id: int) -> HttpResponse:
    """Turns an unknown identity away without another word about it."""
    refusal = turned_away.get_turned_away(request.user, refusal_id)
    if refusal.station_id is not None or not refusal.identity:
        raise Http404
    turned_away.block(refusal, actor=request.user, now=timezone.now())
    return redirect("dashboard:stations")


@require_POST
@page(Permission.EDIT_NETWORK)
def unblock(request: PageRequest, block_id: int) -> HttpResponse:
    """Shows it again."""
    blocked = turned_away.list_blocked(request.user).get(pk=block_id)
    turned_away.unblock(blocked, actor=request.user)
    return redirect(f"{reverse('dashboard:stations')}?turned_away=dismissed")


@require_POST
@page(Permission.EDIT_NETWORK)
def adopt(request: PageRequest, refusal_id: int) -> HttpResponse:
    """Registers an unknown charger at a site, without a password; or says why it cannot be."""
    actor = request.user
    refusal = turned_away.get_turned_away(actor, refusal_id)
    wanted = whole_number(request.POST.get("site", "")) or 0
    site = selectors.list_locations(actor).filter(pk=wanted).first()
    if site is None or refusal.reason not in turned_away.ADOPTABLE:
        raise Http404
    if refusal.station_id is not None:  # somebody was faster; the list says how it is now
        return redirect("dashboard:stations")
    try:
        turned_away.adopt(refusal, site, actor=actor, now=timezone.now())
    except ValidationError as error:
        form = StationForm({"identity": refusal.identity, "location": site.pk}, actor=actor)
        spread(form, error)
        return render(request, "stations/add.html", {"form": form}, status=422)
    return redirect("dashboard:station", identity=refusal.identity)
