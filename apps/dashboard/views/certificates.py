"""Certificates of stations: which ends when, and taking one back."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.accounts.services import audit
from apps.dashboard.access import PageRequest, page
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.certificates import certificate_rows
from apps.pki import selectors, services


@page(Permission.SEE_STATIONS)
def show_list(request: PageRequest) -> HttpResponse:
    found = selectors.list_ending(request.user)
    shown = page_of(found, ("not_after", "id"), request.GET.get("after", ""))
    rows = certificate_rows(shown.items, timezone.now())
    return render(request, "certificates/list.html", {"page": shown, "rows": rows})


@require_POST
@page(Permission.SEE_STATIONS, Permission.OPERATE)
def revoke(request: PageRequest, issued_id: int) -> HttpResponse:
    """From now on it opens nothing; there is no way back but a new certificate."""
    now = timezone.now()
    issued = selectors.get_issued(request.user, issued_id)
    because = request.POST.get("reason", "").strip()
    services.revoke(issued, because=because, now=now)
    audit(
        actor=request.user,
        action="certificate revoked",
        target=issued.station.identity,
        reason=because,
        details={"fingerprint": issued.fingerprint},
        now=now,
    )
    return redirect(f"{reverse('dashboard:station', args=[issued.station.identity])}?tab=security")
