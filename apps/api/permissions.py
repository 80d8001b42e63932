"""Who may call what: each view names the permission that reading and writing need."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.models import ApiKey
from apps.accounts.roles import Permission

if TYPE_CHECKING:
    from rest_framework.views import APIView

SAFE = ("GET", "HEAD", "OPTIONS")


class MayUseApi(BasePermission):
    """A valid key, and each of the view's ``read_permission`` or ``write_permission``."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, ApiKey):
            return False
        name = "read_permission" if request.method in SAFE else "write_permission"
        needed = getattr(view, name, None) or ()
        every = (needed,) if isinstance(needed, Permission) else needed
        return all(request.user.may(permission) for permission in every)
