"""Certificates of stations: which ends when, and taking one back."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.certificates import roots, selectors, served, services
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.certificates import PasswordForm, RootForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.certificates import certificate_rows, own_rows, root_rows
from apps.stations import passwords
from apps.stations.selectors import get_station
from apps.stations.services import change_station

_LONGEST_REASON = 200


@page(Permission.SEE_STATIONS)
def show_list(request: PageRequest) -> HttpResponse:
    found = selectors.list_ending(request.user)
    shown = page_of(found, ("not_after", "id"), request.GET.get("after", ""))
    rows = certificate_rows(shown.items, timezone.now())
    context = {"page": shown, "rows": rows, "own": [], "roots": []}
    context["served"] = served.list_shown()
    if request.user.may(Permission.ENGINEER):
        now = timezone.now()
        context |= {"own": own_rows(now), "roots": root_rows(roots.list_roots(request.user), now)}
    return render(request, "certificates/list.html", context)


@page(Permission.SEE_STATIONS)
def our_root(_request: PageRequest) -> HttpResponse:
    """What is uploaded to a station that must be told whom to trust."""
    pem = served.roots_pem()
    if not pem:
        raise Http404
    response = HttpResponse(pem, content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="root.pem"'
    return response


@page(Permission.SEE_STATIONS, Permission.ENGINEER, Permission.EDIT_NETWORK)
def trust_root(request: PageRequest) -> HttpResponse:
    """Adds a root of drivers' contracts."""
    form = RootForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actor, text = request.user, form.cleaned_data["certificate"]
            roots.trust(actor.organisation_id, text, actor=actor, now=timezone.now())
        except roots.BadRoot as problem:
            form.add_error("certificate", str(problem))
        else:
            return redirect("dashboard:certificates")
    status = 422 if form.is_bound else 200
    return render(request, "certificates/root.html", {"form": form}, status=status)


@require_POST
@page(Permission.SEE_STATIONS, Permission.ENGINEER, Permission.EDIT_NETWORK)
def forget_root(request: PageRequest, root_id: int) -> HttpResponse:
    """Contracts that end in it are no longer accepted."""
    root = get_object_or_404(roots.list_roots(request.user), pk=root_id)
    roots.forget(root, actor=request.user)
    return redirect("dashboard:certificates")


@page(Permission.SEE_STATIONS, Permission.EDIT_STATIONS)
def set_password(request: PageRequest, identity: str) -> HttpResponse:
    """Gives a station a password: one that is typed in, or one that is made and shown once."""
    station = get_station(request.user, identity)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"station": station, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "certificates/password.html", context, status=status)
    given = form.cleaned_data["password"]
    password = given or passwords.make()
    change_station(station, password=password, actor=request.user)
    context = {"station": station, "made": "" if given else password}
    response = render(request, "certificates/password.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@page(Permission.SEE_STATIONS, Permission.OPERATE)
def revoke(request: PageRequest, issued_id: int) -> HttpResponse:
    """From now on it opens nothing; there is no way back but a new certificate."""
    issued = selectors.get_issued(request.user, issued_id)
    because = request.POST.get("reason", "").strip()[:_LONGEST_REASON]
    services.revoke(issued, because=because, actor=request.user, now=timezone.now())
    return redirect(f"{reverse('dashboard:station', args=[issued.station.identity])}?tab=security")
