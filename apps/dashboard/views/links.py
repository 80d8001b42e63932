"""What somebody does by a link, before any log-in: become a person, or set a new password."""

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from apps.accounts import invitations, people
from apps.accounts.models import User
from apps.dashboard.forms.people import AcceptForm, NewPassword

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever has the link chooses a name and a password, and is logged in."""
    now = timezone.now()
    invitation = invitations.find_invitation(secret, now)
    if invitation is None:
        return render(request, "people/no_link.html", status=404)
    form = AcceptForm(request.POST or None, person=User(email=invitation.email))
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "password": form.cleaned_data["new_password"]}
        wanted = ("username", "first_name", "last_name", "password")
        try:
            person = invitations.accept(invitation, now=now, **{n: given[n] for n in wanted})
        except ValidationError as wrong:
            _spread(form, wrong)
        else:
            login(request, person, backend=_BACKEND)
            return redirect("dashboard:profile")
    context = {"form": form, "invitation": invitation, "role": invitation.get_role_display()}
    return render(request, "people/accept.html", context, status=422 if form.is_bound else 200)


@never_cache
def choose_password(request: HttpRequest, person_id: int, token: str) -> HttpResponse:
    """By a link that an administrator made; once, and the log-in follows."""
    person = people.find_by_password_link(person_id, token)
    if person is None:
        return render(request, "people/no_link.html", status=404)
    form = NewPassword(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        people.set_password(person, form.cleaned_data["new_password"], actor=person)
        return redirect("dashboard:login")
    context = {"form": form, "person": person}
    return render(request, "people/password.html", context, status=422 if form.is_bound else 200)


def _spread(form: AcceptForm, error: ValidationError) -> None:
    """Each message at its field, as far as the form has that."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)
