"""The frame: log-in, theme, and the one search box."""

from django.contrib.auth.views import LoginView
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.accounts.roles import Permission
from apps.dashboard.access import PageRequest, page
from apps.dashboard.context import THEMES
from apps.dashboard.presenters.sessions import session_rows
from apps.dashboard.presenters.stations import station_rows
from apps.sessions import selectors as sessions
from apps.sessions.selectors import SessionFilter
from apps.stations import selectors as stations
from apps.stations.selectors import StationFilter
from apps.tokens import selectors as tokens

_YEAR_S = 365 * 86400
_FOUND = 8


class LogIn(LoginView):
    template_name = "shell/login.html"
    redirect_authenticated_user = True


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
    return render(request, "shell/search.html", {"q": q, **_found(request, q)})


def _exact(request: PageRequest, q: str) -> str | None:
    user = request.user
    if user.may(Permission.SEE_STATIONS):
        station = stations.list_stations(user).filter(identity__iexact=q).first()
        if station is not None:
            return reverse("dashboard:station", args=[station.identity])
    if user.may(Permission.SEE_SESSIONS):
        own = sessions.list_sessions(user)
        session = own.filter(pk=int(q)).first() if q.isdecimal() and len(q) < 19 else None
        session = session or own.filter(transaction_id=q).first()
        if session is not None:
            return reverse("dashboard:session", args=[session.pk])
    if user.may(Permission.HELP_DRIVER):
        token = tokens.list_tokens(user).filter(uid__iexact=q).first()
        if token is not None:
            return f"{reverse('dashboard:sessions')}?token={token.uid}"
    return None


def _found(request: PageRequest, q: str) -> dict[str, object]:
    user = request.user
    if not q:
        return {"stations": [], "sessions": [], "tokens": []}
    may_stations = user.may(Permission.SEE_STATIONS)
    some = stations.list_stations(user, StationFilter(q=q)).order_by("identity")[:_FOUND]
    about = sessions.list_sessions(user, SessionFilter(q=q))[:_FOUND]
    return {
        "stations": station_rows(user, some) if may_stations else [],
        "sessions": session_rows(about) if user.may(Permission.SEE_SESSIONS) else [],
        "tokens": tokens.list_tokens(user, q=q)[:_FOUND]
        if user.may(Permission.HELP_DRIVER)
        else [],
    }
