"""Attempts that came to nothing: refused cards, starts that never came, sessions without energy."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from apps.accounts.roles import Permission
from apps.api.errors import Invalid
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.attempts import AttemptOut, AttemptQuery
from apps.attempts.attempt import Attempt, Place, Wanted, place_in, written
from apps.attempts.selectors import list_attempts
from apps.stations.selectors import list_identities

Lister = Callable[..., tuple[list[Attempt], Place | None]]


class PlacedPages(CursorPages):
    """Pages of what is no table: a function gives those below a place."""

    def paginate_queryset(  # type: ignore[override]
        self, queryset: Lister, request: Request, view: APIView | None = None
    ) -> list[Any]:
        try:
            below = place_in(request.query_params.get("cursor", ""))
        except ValueError as error:
            raise Invalid("invalid_cursor", "This cursor is none of ours.") from error
        found, after = queryset(limit=self._size(request, view), below=below)
        self._next = None
        if after is not None:
            url = request.build_absolute_uri()
            self._next = replace_query_param(url, "cursor", written(after))
        return found


class AttemptList(Resource):
    read_permission = Permission.SEE_SESSIONS
    pagination_class = PlacedPages

    @extend_schema(parameters=[AttemptQuery], responses=AttemptOut(many=True))
    def get(self, request: Request) -> Response:
        """Attempts that came to nothing, newest first.

        They are looked for among all cards that were held: a page may hold few or none, and
        ``next`` leads on.
        """
        wanted = Wanted(**self.query(AttemptQuery))
        lister = partial(list_attempts, self.actor, wanted, now=timezone.now())
        return self.page(lister, AttemptOut, identities=self._identities)

    def _identities(self, found: list[Attempt]) -> dict[int, str]:
        return list_identities(self.actor, [attempt.station_id for attempt in found])
