"""Sessions: the list of a filter, its export, and the story of one."""

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page, zone_of
from apps.dashboard.forms.sessions import EnergyForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters import messages as log
from apps.dashboard.presenters.cases import case_rows
from apps.dashboard.presenters.sessions import session_rows, session_sheet
from apps.domain.cells import BadForm, form_of
from apps.domain.filters import check_names
from apps.domain.texts import whole_number
from apps.journal import selectors as journal
from apps.reconciliation.selectors import list_of_session
from apps.sessions import export as csv_file
from apps.sessions import filters, selectors
from apps.sessions.deciding import Undecidable, decide_energy
from apps.sessions.selectors import SessionFilter
from apps.stations.selectors import list_locations
from ocpp_platform.streaming import PiecemealResponse

_VIEWS = (
    ("", "", "All"),
    ("active", "", "Live"),
    ("ended", "", "Ended"),
    ("", "problems", "Problems"),
)
_RAW_MESSAGES = 300
_BESIDE = frozenset({"after", "since", "profile", "separator", "decimal"})  # no filters


@page(Permission.SEE_SESSIONS)
def show_list(request: PageRequest) -> HttpResponse:
    actor, query = request.user, request.GET
    filter_ = _filter(request)
    found = selectors.list_sessions(actor, filter_)
    shown = page_of(found, ("-started_at", "-id"), query.get("after", ""))
    return render(
        request,
        "sessions/list.html",
        {
            "page": shown,
            "rows": session_rows(shown.items),
            "totals": selectors.total(actor, filter_),
            "filter": filter_,
            "is_filtered": filter_ != SessionFilter(),
            "views": _VIEWS,
            "locations": list_locations(actor),
            "from": query.get("from", ""),
            "to": query.get("to", ""),
            "newest_id": selectors.newest_id(actor),
        },
    )


@page(Permission.SEE_SESSIONS)
def show_new(request: PageRequest) -> HttpResponse:
    """How many sessions of the filter came since the page was made; they wait behind a button."""
    filter_ = _filter(request)
    since = whole_number(request.GET.get("since", "")) or 0
    count = selectors.count_newer(request.user, filter_, since)
    return render(request, "sessions/_new.html", {"count": count})


@page(Permission.SEE_SESSIONS, Permission.EXPORT)
def export(request: PageRequest) -> HttpResponseBase:
    """Exactly the filter of the query string, all pages of it, streamed; in its form."""
    actor = request.user
    try:
        form = form_of(request.GET.dict())
    except BadForm as bad:
        return HttpResponseBadRequest(str(bad), content_type="text/plain; charset=utf-8")
    filter_ = _filter(request)
    now = timezone.now()
    query = request.META.get("QUERY_STRING", "")
    lines = csv_file.export(actor, filter_, query=query, now=now, form=form)
    response = PiecemealResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"sessions-{timezone.localtime(now):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(Permission.SEE_SESSIONS, Permission.EDIT_TARIFFS)
def decide(request: PageRequest, session_id: int) -> HttpResponse:
    """A person says what a session took that the meter cannot be believed about."""
    session = selectors.get_session(request.user, session_id)
    form = EnergyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_energy(
                session, form.energy_wh, reason=form.cleaned_data["reason"],
                actor=request.user, now=timezone.now(),
            )  # fmt: skip
        except Undecidable as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("dashboard:session", session_id=session.pk)
    status = 422 if request.method == "POST" else 200
    context = {"session": session, "form": form}
    return render(request, "sessions/energy.html", context, status=status)


@page(Permission.SEE_SESSIONS)
def show(request: PageRequest, session_id: int) -> HttpResponse:
    actor = request.user
    session = selectors.get_session(actor, session_id)
    before, after = selectors.neighbours(actor, session)
    lines = []
    if actor.may(Permission.SEE_MESSAGES):
        raw = journal.list_of_session(actor, session.pk)[:_RAW_MESSAGES]
        lines = log.lines(actor, raw)[::-1]
    return render(
        request,
        "sessions/page.html",
        {
            "session": session,
            "sheet": session_sheet(actor, session),
            "before": before,
            "after": after,
            "lines": lines,
            "cases": case_rows(list_of_session(actor, session.pk)),
        },
    )


def _filter(request: PageRequest) -> SessionFilter:
    """What the query narrows sessions to; NotUnderstood, also for a name that is no filter."""
    check_names(request.GET, filters.NAMES | _BESIDE)
    return filters.from_query(request.GET.dict(), zone_of(request.user))
