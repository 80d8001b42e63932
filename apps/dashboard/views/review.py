"""From a selection to a started job: the list is frozen, the order is filled in, then reviewed."""

from urllib.parse import parse_qsl

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.jobs import PlanForm
from apps.dashboard.ordering import Asked, ask
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.jobs import item_rows, job_rows, judged
from apps.domain.command import BadParameters
from apps.domain.texts import whole_number
from apps.jobs import orders, selectors, services
from apps.jobs.models import Job
from apps.jobs.services import NotNow, Plan
from apps.stations.filters import filter_of
from apps.stations.selectors import list_stations


@require_POST
@page(Permission.SEE_STATIONS)
def choose(request: PageRequest) -> HttpResponse:
    """Freezes the stations that were chosen, or all that match; nothing is sent yet."""
    action, _, preset = request.POST.get("what", "").partition("?")
    needed = orders.permission_of(action)
    if needed is None:
        raise BadRequest("Choose what shall be done.")
    if not request.user.may(needed):
        raise PermissionDenied
    query = request.POST.get("query", "")
    found = list_stations(request.user, filter_of(dict(parse_qsl(query))))
    if not request.POST.get("all"):
        chosen = (whole_number(text) for text in request.POST.getlist("station"))
        found = list_stations(request.user).filter(pk__in=[key for key in chosen if key])
        query = ""
    try:
        job = services.freeze(request.user, found, action, query=query, now=timezone.now())
    except BadParameters as error:
        return _nothing(request, "; ".join(error.problems))
    preset = QueryDict(preset).urlencode()
    address = reverse("dashboard:job-order", args=[job.pk])
    return redirect(f"{address}?{preset}" if preset else address)


@page(Permission.SEE_STATIONS)
def order(request: PageRequest, job_id: int) -> HttpResponse:
    """What shall be done, and how: the form of one station, and the pace. Sent in, it is judged."""
    job = _draft(request, job_id)
    asked = ask(request, job)
    if asked is None:
        raise Http404(job.action)
    given = request.POST if request.method == "POST" else None
    plan = PlanForm(given, initial=_pace_of(job), is_for_stations=asked.is_for_stations)
    if given is not None and asked.form.is_valid() & plan.is_valid():
        try:
            services.prepare(job, _plan(asked, plan), actor=request.user, now=timezone.now())
            return redirect("dashboard:job", job_id=job.pk)
        except (BadParameters, NotNow) as error:
            words = str(error)
            asked.form.add_error(None, f"{words[:1].upper()}{words[1:].rstrip('.')}.")
    context = {
        "row": job_rows(request.user, [job])[0], "job": job, "form": asked.form, "plan": plan,
        "action": asked, "sample": asked.sample,
    }  # fmt: skip
    status = 422 if given is not None else 200
    return render(request, "jobs/order.html", context, status=status)


@require_POST
@page(Permission.SEE_STATIONS)
def begin(request: PageRequest, job_id: int) -> HttpResponse:
    """Starts it for those that the review found fit; the severe ones once their number is typed."""
    job = _draft(request, job_id)
    row = job_rows(request.user, [job])[0]
    typed = request.POST.get("count", "").strip()
    asked = ask(request, job)
    is_severe = asked is not None and asked.is_severe(row.progress.eligible)
    if is_severe and whole_number(typed) != row.progress.eligible:
        return review(request, job, problem="Type the number of stations to start it.")
    try:
        services.start(job, actor=request.user, now=timezone.now())
    except NotNow as error:
        return review(request, job, problem=str(error))
    return redirect("dashboard:job", job_id=job.pk)


def review(request: PageRequest, job: Job, *, problem: str = "") -> HttpResponse:
    """Who will be told, who is left out and why, and what it means now."""
    asked = ask(request, job)
    row = job_rows(request.user, [job])[0]
    shown = request.GET.get("state", "")
    items = selectors.list_items(request.user, job, shown if shown in selectors.STATES else "")
    found = page_of(items, ("id",), request.GET.get("after", ""))
    context = {
        "job": job, "row": row, "page": found, "items": item_rows(found.items), "shown": shown,
        "judged": judged(request.user, job), "problem": problem, "action": asked,
        "is_severe": asked is not None and asked.is_severe(row.progress.eligible),
        "may_order": selectors.may_order(request.user, job),
    }  # fmt: skip
    return render(request, "jobs/review.html", context, status=422 if problem else 200)


def _draft(request: PageRequest, job_id: int) -> Job:
    """One that the reader may start; 404 where it has begun."""
    job = selectors.get_job(request.user, job_id)
    if not selectors.may_order(request.user, job):
        raise PermissionDenied
    return job


def _pace_of(job: Job) -> dict[str, object]:
    if job.prepared_at is None:
        return {}
    return {
        "parallel": job.campaign.at_once, "deadline_s": job.deadline_s,
        "may_interrupt": job.may_interrupt,
    }  # fmt: skip


def _plan(asked: Asked, plan: PlanForm) -> Plan:
    data, reason = plan.cleaned_data, asked.form.cleaned_data.get("reason", "")
    return Plan(
        asked.given(), reason, may_interrupt=data.get("may_interrupt", False),
        at_once=data.get("parallel"), deadline_s=data.get("deadline_s", 3_600),
    )  # fmt: skip


def _nothing(request: PageRequest, words: str) -> HttpResponse:
    return render(request, "jobs/nothing.html", {"words": words}, status=422)
