"""People: who they are, what each may do, how somebody is invited."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.accounts import invitations, log_ins, people, second_factor, selectors
from apps.accounts.models import User
from apps.accounts.roles import Permission, Role
from apps.dashboard.access import PageRequest, page
from apps.dashboard.forms.people import InviteForm, PersonForm
from apps.dashboard.paging import page_of
from apps.dashboard.presenters.people import (
    invitation_rows,
    log_in_rows,
    matrix,
    person_rows,
)


@page(Permission.ADMINISTER)
def show_list(request: PageRequest) -> HttpResponse:
    """Everybody, who was invited, and which role may do what."""
    actor = request.user
    found = page_of(selectors.list_people(actor), ("username",), request.GET.get("after", ""))
    context = {
        "page": found,
        "rows": person_rows(actor, found.items),
        "invited": invitation_rows(actor, selectors.list_invitations(actor, timezone.now())),
        "roles": list(Role),
        "matrix": matrix(),
    }
    return render(request, "people/_lists.html" if request.htmx else "people/list.html", context)


@never_cache
@page(Permission.ADMINISTER)
def invite(request: PageRequest) -> HttpResponse:
    """The link is on the page that answers, and nowhere else any more."""
    form = InviteForm(request.POST or None, actor=request.user)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "people/invite.html", {"form": form}, status=status)
    invitation, secret = invitations.invite(
        organisation_id=request.user.organisation_id,
        email=form.cleaned_data["email"],
        actor=request.user,
        now=timezone.now(),
        **form.mandate,
    )
    link = request.build_absolute_uri(reverse("dashboard:invitation", args=[secret]))
    unsent = invitations.mail(invitation, link) if invitation.email else ""
    context = {"invitation": invitation, "link": link, "unsent": unsent}
    return render(request, "people/invited.html", context)


@require_POST
@page(Permission.ADMINISTER)
def call_off_invitation(request: PageRequest, invitation_id: int) -> HttpResponse:
    invitation = selectors.get_invitation(request.user, invitation_id)
    invitations.call_off(invitation, actor=request.user, now=timezone.now())
    return redirect("dashboard:people")


@page(Permission.ADMINISTER)
def show(request: PageRequest, person_id: int) -> HttpResponse:
    """What a person may do and where, and what an administrator can do about it."""
    person = selectors.get_person(request.user, person_id)
    names = {name: getattr(person, name) for name in ("first_name", "last_name", "email")}
    form = PersonForm(request.POST or None, actor=request.user, mandate=person, initial=names)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_person(person, actor=request.user, **form.changes)
        except ValidationError as wrong:
            form.add_error(None, wrong.messages)
        else:
            return redirect("dashboard:people")
    return _person(request, person, form, status=422 if form.is_bound else 200)


@require_POST
@never_cache
@page(Permission.ADMINISTER)
def act(request: PageRequest, person_id: int, what: str) -> HttpResponse:
    """Deactivate, reactivate, end all log-ins, reset what proves the person."""
    person, actor = selectors.get_person(request.user, person_id), request.user
    link = ""
    try:
        match what:
            case "deactivate":
                people.deactivate(person, actor=actor)
            case "reactivate":
                people.reactivate(person, actor=actor)
            case "second-factor":
                second_factor.turn_off(person, actor=actor)
            case "log-out":
                log_ins.end_log_ins(person, actor=actor)
            case "password-link":
                token = people.make_password_link(person, actor=actor)
                to = reverse("dashboard:password-link", args=[person.pk, token])
                link = request.build_absolute_uri(to)
            case _:
                raise Http404
    except ValidationError as refused:
        return _person(request, person, refused=" ".join(refused.messages), status=422)
    return _person(request, person, link=link) if link else redirect("dashboard:person", person_id)


def _person(
    request: PageRequest,
    person: User,
    form: PersonForm | None = None,
    *,
    link: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    names = {name: getattr(person, name) for name in ("first_name", "last_name", "email")}
    log_ins_of = selectors.list_log_ins(person, timezone.now())
    context = {
        "form": form or PersonForm(actor=request.user, mandate=person, initial=names),
        "person": person,
        "log_ins": log_in_rows(log_ins_of, request.session.session_key or ""),
        "link": link,
        "refused": refused,
    }
    return render(request, "people/page.html", context, status=status)
