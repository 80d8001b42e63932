"""The frame: theme, and the one search box."""

from collections.abc import Sized
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.attempts.attempt import Wanted
from apps.attempts.selectors import list_attempts
from apps.dashboard.access import PageRequest, page
from apps.dashboard.context import THEMES
from apps.dashboard.presenters.attempts import AttemptRow, attempt_rows
from apps.dashboard.presenters.sessions import session_rows
from apps.dashboard.presenters.stations import station_rows
from apps.domain.texts import whole_number
from apps.sessions import selectors as sessions
from apps.sessions.by_name import is_named
from apps.sessions.selectors import SessionFilter
from apps.stations import selectors as stations
from apps.stations.filters import StationFilter
from apps.tokens import selectors as tokens

_YEAR_S = 365 * 86400
_FOUND = 8


@require_POST
def set_theme(request: PageRequest) -> HttpResponse:
    """Works before log-in, and without JavaScript."""
    theme = request.POST.get("theme", "system")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=_YEAR_S, samesite="Lax")
    return response


@page()
def search(request: PageRequest) -> HttpResponse:
    """An exact id goes straight to its page; everything else is a list of what it may be."""
    q = request.GET.get("q", "").strip().strip("#")
    straight = _exact(request, q) if q else None
    if straight is not None:
        return redirect(straight)
    found = _found(request, q)
    if [name for name, rows in found.items() if rows] == ["attempts"]:
        return redirect(attempts_of(q))
    context = {"q": q, "searched": q, "attempts_url": attempts_of(q), **found}
    return render(request, "shell/search.html", context)


def attempts_of(card: str) -> str:
    """Where the attempts of a card are listed that came to nothing."""
    return f"{reverse('dashboard:attempts')}?{urlencode({'token': card})}"


def _exact(request: PageRequest, q: str) -> str | None:
    user = request.user
    if user.may(Permission.SEE_STATIONS):
        station = stations.list_stations(user).filter(identity__iexact=q).first()
        if station is not None:
            return reverse("dashboard:station", args=[station.identity])
    if user.may(Permission.SEE_SESSIONS):
        own = sessions.list_sessions(user)
        number = whole_number(q)
        session = own.filter(pk=number).first() if number is not None else None
        session = session or own.filter(is_named(q)).first()
        if session is not None:
            return reverse("dashboard:session", args=[session.pk])
    if user.may(Permission.HELP_DRIVER):
        token = tokens.list_of_uid(user, q).first()
        if token is not None:
            return f"{reverse('dashboard:sessions')}?{urlencode({'token': token.uid})}"
    return None


def _found(request: PageRequest, q: str) -> dict[str, Sized]:
    user = request.user
    if not q:
        return {"stations": [], "sessions": [], "tokens": [], "attempts": []}
    may_stations = user.may(Permission.SEE_STATIONS)
    some = stations.list_stations(user, StationFilter(q=q)).order_by("identity")[:_FOUND]
    about = sessions.list_sessions(user, SessionFilter(q=q))[:_FOUND]
    return {
        "stations": station_rows(user, some) if may_stations else [],
        "sessions": session_rows(about) if user.may(Permission.SEE_SESSIONS) else [],
        "tokens": list(tokens.list_tokens(user, q=q)[:_FOUND])
        if user.may(Permission.HELP_DRIVER)
        else [],
        "attempts": _attempts(request, q) if user.may(Permission.SEE_SESSIONS) else [],
    }


def _attempts(request: PageRequest, q: str) -> list[AttemptRow]:
    found, _ = list_attempts(request.user, Wanted(token=q), now=timezone.now(), limit=_FOUND)
    return attempt_rows(request.user, found)
