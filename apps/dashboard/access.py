"""Who may open a page: logged in, permitted, and only what the organisation owns."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import Permission


class PageRequest(HttpRequest):
    """A request whose user has been checked by ``page``."""

    user: User
    htmx: Any


View = Callable[..., HttpResponseBase]


def page(*needed: Permission) -> Callable[[View], View]:
    """403 without every permission ``needed``; 404 for what is not there or somebody else's.

    The view runs in the reader's time zone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not all(request.user.may(permission) for permission in needed):
                raise PermissionDenied
            with timezone.override(zone_of(request.user)):
                try:
                    return view(request, *args, **kwargs)
                except ObjectDoesNotExist as error:
                    raise Http404(str(error)) from error

        return login_required(checked)

    return decorate


def zone_of(user: User) -> ZoneInfo:
    """The reader's own zone, else the organisation's."""
    return zone_named(user.timezone or user.organisation.timezone)


def zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
