"""Who may open a page: logged in, permitted, and only what the organisation owns."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.accounts import log_ins
from apps.accounts.models import User
from apps.accounts.roles import Permission
from apps.domain.filters import NotUnderstood
from apps.domain.instants import zone_named
from apps.domain.texts import are_storable
from ocpp_platform.addresses import client_of


class PageRequest(HttpRequest):
    """A request whose user has been checked by ``page``."""

    user: User
    htmx: Any


View = Callable[..., HttpResponseBase]


def page(*needed: Permission) -> Callable[[View], View]:
    """403 without every permission ``needed``; 404 for what is not there or somebody else's.

    400 where the query or the form holds what no text can, or a filter that cannot be read. The
    view runs in the reader's zone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not all(request.user.may(permission) for permission in needed):
                raise PermissionDenied
            _require_text(request, kwargs)
            _note_seen(request)
            with timezone.override(zone_of(request.user)):
                try:
                    return view(request, *args, **kwargs)
                except ObjectDoesNotExist as error:
                    raise Http404(str(error)) from error
                except NotUnderstood as error:
                    raise BadRequest(str(error)) from error

        return login_required(checked)

    return decorate


def address_of(request: HttpRequest) -> str:
    """Where a request comes from."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return client_of(request.META.get("REMOTE_ADDR", ""), forwarded, settings.OCPP_TRUSTED_PROXIES)


def _note_seen(request: PageRequest) -> None:
    if not (key := request.session.session_key):
        return
    log_ins.note_seen(
        request.user,
        key,
        ip=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        now=timezone.now(),
    )


def still_logged_in(session_key: str) -> User | None:
    """Whose log-in this is; None once he has logged out, changed his password, or may not."""
    session = SessionStore(session_key)
    user = (
        User.objects.select_related("organisation").filter(pk=session.get(SESSION_KEY, 0)).first()
    )
    if user is None or not user.is_active:
        return None
    shown = session.get(HASH_SESSION_KEY, "")
    return user if constant_time_compare(shown, user.get_session_auth_hash()) else None


def _require_text(request: HttpRequest, named: dict[str, Any]) -> None:
    """Raises Http404 for an address, BadRequest for a query or a form, that is not of text."""
    if not are_storable(named.values()):
        raise Http404
    for given in (request.GET, request.POST):
        if not are_storable([*given, *dict(given.lists()).values()]):
            raise BadRequest("The address or the form holds a character that no text can have.")


def zone_of(user: User) -> ZoneInfo:
    """The reader's own zone, else the organisation's."""
    return zone_named(user.timezone or user.organisation.timezone)
