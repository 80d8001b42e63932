"""The door: name and password, then the code of whoever has a second factor, and the way out.

Wrong passwords and wrong codes are answered so often, and then not looked at for a while; they are
counted alike, and a right password makes nothing good until the code is right, too.
"""

import math
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache

from apps.accounts import log_ins, second_factor, throttle
from apps.accounts.models import User
from apps.dashboard.access import address_of
from apps.dashboard.forms.second_factor import CodeForm
from apps.live.announce import group_of_person, signal

HOME = "home"  # the cookie of a browser that somebody has logged in with
HALF = "half"  # in the session: whose password was right, and whose code is waited for
_HALF_S = 300
_YEAR_S = 365 * 86400
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class LogIn(LoginView):
    template_name = "shell/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait_s = _wait_s(request, request.POST.get("username", ""))
        if not wait_s:
            return super().post(request, *args, **kwargs)
        return _later(request, self.template_name, wait_s)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        _note_failure(self.request, form.cleaned_data.get("username", ""))
        return super().form_invalid(form)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        if not person.has_second_factor:
            return _enter(self.request, person, self.get_success_url())
        self.request.session[HALF] = {
            "person": person.pk,
            "proof": person.get_session_auth_hash(),
            "at": time.time(),
            "next": self.get_success_url(),
        }
        return redirect("dashboard:login-code")


@never_cache
def ask_code(request: HttpRequest) -> HttpResponse:
    """Of whoever has given the right password a moment ago; to anybody else this says nothing."""
    person = _half_in(request)
    if person is None:
        return redirect("dashboard:login")
    name, template = person.username, "shell/login_code.html"
    if request.method != "POST":
        return render(request, template, {"form": CodeForm()})
    if wait_s := _wait_s(request, name):
        return _later(request, template, wait_s)
    form = CodeForm(request.POST)
    if form.is_valid():
        if second_factor.prove(person, form.cleaned_data["code"], now=timezone.now()):
            return _enter(request, person, request.session[HALF]["next"])
        _note_failure(request, name)
        form.add_error("code", "This code is wrong, or was used.")
    return render(request, template, {"form": form}, status=422)


class LogOut(LogoutView):
    """The open pages of the person look again whether they may still be told anything."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = request.user.pk
        log_ins.forget(request.session.session_key or "")
        response = super().post(request, *args, **kwargs)
        if person is not None:
            signal(group_of_person(person), {"type": "access.changed"})
        return response


def _half_in(request: HttpRequest) -> User | None:
    """Whose password was right here, not long ago, and is still the same."""
    half = request.session.get(HALF)
    if half is None or not 0 <= time.time() - half["at"] < _HALF_S:
        return None
    people = User.objects.select_related("organisation", "second_factor")
    person = people.filter(pk=half["person"], is_active=True).first()
    if person is None or not constant_time_compare(half["proof"], person.get_session_auth_hash()):
        return None
    return person


def _enter(request: HttpRequest, person: User, to: str) -> HttpResponse:
    log_ins.note_success(person, address_of(request))
    request.session.pop(HALF, None)
    login(request, person, backend=_BACKEND)
    response = HttpResponseRedirect(to)
    response.set_signed_cookie(
        HOME, person.get_username(), max_age=_YEAR_S, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _wait_s(request: HttpRequest, name: str) -> float:
    at_home = _is_at_home(request, name)
    return throttle.wait_s(name, address_of(request), is_at_home=at_home)


def _note_failure(request: HttpRequest, name: str) -> None:
    at_home, address = _is_at_home(request, name), address_of(request)
    log_ins.note_failure(name, address, timezone.now(), is_at_home=at_home)


def _later(request: HttpRequest, template: str, wait_s: float) -> HttpResponse:
    refused = render(request, template, {"wait_min": math.ceil(wait_s / 60)}, status=429)
    refused["Retry-After"] = str(math.ceil(wait_s))
    return refused


def _is_at_home(request: HttpRequest, username: str) -> bool:
    """Whether this account has logged in with this browser before."""
    return bool(username) and request.get_signed_cookie(HOME, default="") == username
