"""What stations hold for drivers: the tabs of a station, and the rules of tokens."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.accounts.services import audit
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.holdings import RulesForm
from apps.dashboard.presenters.activity import station_commands
from apps.dashboard.presenters.holdings import list_sheet, reservation_sheet
from apps.lists import selectors as lists
from apps.lists import services as list_services
from apps.stations.models import Station
from apps.tokens import selectors as tokens
from apps.tokens import services as token_services


def local_list(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Local list tab shows."""
    return {
        "sheet": list_sheet(request.user, station),
        "station_commands": station_commands(request.user, station, "list"),
    }


def reservations(request: PageRequest, station: Station) -> dict[str, Any]:
    """What the Reservations tab shows."""
    return {
        "sheet": reservation_sheet(request.user, station),
        "station_commands": station_commands(request.user, station, "reservations"),
    }


@page(Permission.HELP_DRIVER, Permission.EDIT_TOKENS)
def rules(request: PageRequest) -> HttpResponse:
    """What holds for all tokens, and for all local lists."""
    actor = request.user
    given = request.POST if request.method == "POST" else None
    form = RulesForm(given, tokens=tokens.get_policy(actor), lists=lists.get_policy_of(actor))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "tokens/rules.html", {"form": form}, status=status)
    with transaction.atomic():
        token_services.set_policy(
            actor.organisation_id, **form.of("max_sessions", "master_pass_group")
        )
        list_services.set_policy(actor.organisation, **form.of("scope", "is_automatic"))
        audit(
            actor=actor, action="token rules changed", target=actor.organisation.name,
            now=timezone.now(),
        )  # fmt: skip
    return redirect("dashboard:tokens")
