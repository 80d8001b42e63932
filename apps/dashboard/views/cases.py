"""Cases: what is not as it should be, and what is done about it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.amending import Offer
from apps.dashboard.forms.cases import CaseForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.cases import (
    VIEWS,
    CaseSheet,
    case_rows,
    case_sheet,
    kind_choices,
)
from apps.domain.filters import one_of
from apps.domain.instants import zone_named
from apps.reconciliation import resolving, selectors
from apps.reconciliation.kinds import KINDS
from apps.reconciliation.life import State
from apps.reconciliation.resolving import CannotResolve
from apps.reconciliation.selectors import CaseFilter
from apps.stations.selectors import list_locations

_ORDER = ("-opened_at", "-id")


@page(Permission.SEE_SESSIONS)
def show_list(request: PageRequest) -> HttpResponse:
    actor, query = request.user, request.GET
    state = one_of(query, "state", {*State, selectors.UNSETTLED})
    wanted = CaseFilter(
        state or selectors.UNSETTLED, one_of(query, "kind", KINDS),
        query.get("station", "").strip(),
        query.get("location", ""),
    )  # fmt: skip
    found = page_of(selectors.list_cases(actor, wanted), _ORDER, query.get("after", ""))
    return render(
        request,
        "cases/list.html",
        {
            "page": found,
            "rows": case_rows(found.items),
            "wanted": wanted,
            "state": state,
            "is_filtered": bool(wanted.kind or wanted.station or wanted.location),
            "views": VIEWS,
            "kinds": kind_choices(),
            "locations": list_locations(actor),
        },
    )


@page(Permission.SEE_SESSIONS)
def show(request: PageRequest, case_id: int) -> HttpResponse:
    """Its evidence, and, for who may, what to do; a POST does it."""
    actor = request.user
    case = selectors.get_case(actor, case_id)
    sheet = case_sheet(actor, case)
    if request.method == "POST" and case.closed_at is None and not sheet.ways:
        raise PermissionDenied
    form = CaseForm(request.POST or None, ways=sheet.ways, offer=_offer(actor, sheet))
    if request.method == "POST" and case.closed_at is not None:
        return render(request, "cases/page.html", {"it": sheet, "form": form}, status=409)
    if request.method == "POST" and form.is_valid():
        try:
            resolving.resolve(case, form.wish, actor=actor, now=timezone.now())
        except CannotResolve as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("dashboard:case", case_id=case.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/page.html", {"it": sheet, "form": form}, status=status)


def _offer(actor: Actor, sheet: CaseSheet) -> Offer | None:
    """Which readings and sessions there are, where one of the ways asks for them."""
    case = sheet.row.case
    if case.session is None or {way for way, _ in sheet.ways}.isdisjoint(resolving.AMENDS):
        return None
    return Offer(actor, case.session, zone_named(case.station.location.timezone))
