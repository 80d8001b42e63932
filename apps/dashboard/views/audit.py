"""Who did what to what: the list of a filter, and its file."""

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.roles import Permission
from apps.audit import export as file
from apps.audit import filters, selectors
from apps.audit.selectors import AuditFilter
from apps.dashboard.access import PageRequest, page, zone_of
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.audit import BY, audit_rows, kinds_by_subject
from apps.domain.cells import BadForm, form_of
from apps.domain.filters import check_names
from ocpp_platform.streaming import PiecemealResponse

_OF_A_FILE = frozenset({"profile", "separator", "decimal"})


@page(Permission.SEE_AUDIT)
def show_list(request: PageRequest) -> HttpResponse:
    actor, query = request.user, request.GET
    wanted = _wanted(request, {"after"})
    found = selectors.list_audit(actor, wanted)
    among = selectors.looked_among(actor, wanted)
    shown = page_of(found, ("-at", "-id"), query.get("after", ""), among=among)
    return render(
        request,
        "audit/list.html",
        {
            "page": shown,
            "rows": audit_rows(actor, shown.items),
            "wanted": wanted,
            "is_filtered": wanted != AuditFilter(),
            "doers": BY,
            "kinds": kinds_by_subject(),
            "station": query.get("station", ""),
            "from": query.get("from", ""),
            "to": query.get("to", ""),
        },
    )


@page(Permission.SEE_AUDIT, Permission.EXPORT)
def export(request: PageRequest) -> HttpResponseBase:
    """Exactly the filter of the query string, all pages of it, streamed."""
    actor, now = request.user, timezone.now()
    try:
        form = form_of(request.GET.dict())
    except BadForm as bad:
        return HttpResponseBadRequest(str(bad), content_type="text/plain; charset=utf-8")
    query = request.META.get("QUERY_STRING", "")
    lines = file.export(
        actor, _wanted(request, {*_OF_A_FILE, "after"}), query=query, zone=zone_of(actor),
        now=now, form=form,
    )  # fmt: skip
    response = PiecemealResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"audit-{timezone.localtime(now):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _wanted(request: PageRequest, beside: set[str]) -> AuditFilter:
    check_names(request.GET, filters.NAMES | beside)
    return filters.from_query(request.user, request.GET.dict(), zone_of(request.user))
