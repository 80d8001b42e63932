"""One's own profile: name, e-mail, time zone, password, and where one is logged in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.accounts import log_ins, people, selectors
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.people import OwnPassword, ProfileForm
from apps.dashboard.presenters.people import log_in_rows

_OWN = ("first_name", "last_name", "email", "timezone")


@page()
def show(request: PageRequest) -> HttpResponse:
    person = request.user
    known = {name: getattr(person, name) for name in _OWN}
    form = ProfileForm(
        request.POST or None, organisation=person.organisation, initial=known
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        people.change_person(person, actor=person, **form.cleaned_data)
        messages.success(request, "Your profile is kept.")
        return redirect("dashboard:profile")
    return _shown(request, form=form, status=422 if form.is_bound else 200)


@sensitive_post_parameters()
@require_POST
@page()
def change_password(request: PageRequest) -> HttpResponse:
    """Set another one; this log-in goes on, all others of the person end."""
    person, before = request.user, request.session.session_key or ""
    form = OwnPassword(request.POST, person=person)
    if not form.is_valid():
        return _shown(request, password=form, status=422)
    people.set_password(person, form.cleaned_data["new_password"], actor=person, keep=before)
    update_session_auth_hash(request, person)
    request.session.save()
    log_ins.follow(before, request.session.session_key or "")
    messages.success(request, "Your password is changed; your other log-ins have ended.")
    return redirect("dashboard:profile")


@require_POST
@page()
def end_log_in(request: PageRequest, log_in_id: int) -> HttpResponse:
    own = selectors.list_log_ins(request.user, timezone.now())
    log_ins.end_log_in(own.get(pk=log_in_id), actor=request.user)
    return redirect("dashboard:profile")


@require_POST
@page()
def end_other_log_ins(request: PageRequest) -> HttpResponse:
    log_ins.end_log_ins(request.user, actor=request.user, but=request.session.session_key or "")
    return redirect("dashboard:profile")


def _shown(
    request: PageRequest,
    *,
    form: ProfileForm | None = None,
    password: OwnPassword | None = None,
    status: int = 200,
) -> HttpResponse:
    person = request.user
    known = {name: getattr(person, name) for name in _OWN}
    context = {
        "form": form or ProfileForm(organisation=person.organisation, initial=known),
        "password": password or OwnPassword(person=person),
        "log_ins": log_in_rows(
            selectors.list_log_ins(person, timezone.now()), request.session.session_key or ""
        ),
    }
    return render(request, "profile/page.html", context, status=status)
