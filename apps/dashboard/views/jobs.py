"""Jobs: the list, one that is under way or over, and what people may still do about it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.jobs import item_rows, job_rows
from apps.dashboard.views import review
from apps.jobs import selectors, services
from apps.jobs.models import Job
from apps.jobs.results import lines_of
from apps.jobs.services import NotNow
from ocpp_platform.streaming import PiecemealResponse

Act = Callable[[Job, Actor, datetime], int]
_ACTS: Mapping[str, Act] = {
    "stop": lambda job, actor, now: services.stop(job, actor=actor, now=now),
    "retry": lambda job, actor, now: services.retry(job, actor=actor, now=now),
}


@page(Permission.SEE_STATIONS)
def show_list(request: PageRequest) -> HttpResponse:
    """The newest first."""
    found = selectors.list_jobs(request.user)
    shown = page_of(found, ("-campaign_id",), request.GET.get("after", ""))
    return render(
        request, "jobs/list.html", {"page": shown, "rows": job_rows(request.user, shown.items)}
    )


@page(Permission.SEE_STATIONS)
def show(request: PageRequest, job_id: int, *, problem: str = "") -> HttpResponse:
    """Its review until it is started; then how far it has come, station by station."""
    job = selectors.get_job(request.user, job_id)
    if job.is_draft:
        if job.prepared_at is None:
            return redirect("dashboard:job-order", job_id=job.pk)
        return review.review(request, job)
    state = request.GET.get("state", "")
    items = selectors.list_items(request.user, job, state if state in selectors.STATES else "")
    shown = page_of(items, ("id",), request.GET.get("after", ""))
    context = {
        "job": job, "row": job_rows(request.user, [job])[0],
        "page": shown, "items": item_rows(shown.items),
        "shown": state, "may_order": selectors.may_order(request.user, job), "problem": problem,
    }  # fmt: skip
    template = "jobs/_running.html" if request.htmx else "jobs/page.html"
    return render(request, template, context, status=422 if problem else 200)


@require_POST
@page(Permission.SEE_STATIONS)
def act(request: PageRequest, job_id: int, what: str) -> HttpResponseBase:
    """Stops it, or does again what went wrong."""
    job = selectors.get_job(request.user, job_id)
    if what not in _ACTS:
        raise Http404(what)
    if not selectors.may_order(request.user, job):
        raise PermissionDenied
    try:
        _ACTS[what](job, request.user, timezone.now())
    except NotNow as error:
        return show(request, job_id, problem=str(error))
    return redirect("dashboard:job", job_id=job.pk)


@page(Permission.SEE_STATIONS, Permission.EXPORT)
def results(request: PageRequest, job_id: int) -> HttpResponseBase:
    """What came of each station, as CSV."""
    job = selectors.get_job(request.user, job_id)
    lines = lines_of(request.user, job)
    response = PiecemealResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="job-{job.pk}.csv"'
    return response
