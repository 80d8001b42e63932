"""Cases: seen, and resolved."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.cases import CaseOut, CaseQuery, ResolveIn
from apps.reconciliation import resolving, selectors
from apps.reconciliation.kind import Resolution
from apps.reconciliation.resolving import CannotResolve, Wish
from apps.reconciliation.selectors import CaseFilter
from apps.sessions.amending import Point
from apps.sessions.selectors import get_session


class CaseList(Resource):
    read_permission = Permission.SEE_SESSIONS
    pagination_class = CursorPages
    order = ("-opened_at", "-id")

    @extend_schema(parameters=[CaseQuery], responses=CaseOut(many=True))
    def get(self, request: Request) -> Response:
        """Where what stations tell is not what should be, newest first."""
        found = selectors.list_cases(self.actor, CaseFilter(**self.query(CaseQuery)))
        return self.page(found, CaseOut, ways=partial(resolving.ways_of, actor=self.actor))


class CaseDetail(Resource):
    read_permission = Permission.SEE_SESSIONS

    @extend_schema(responses=CaseOut)
    def get(self, request: Request, case_id: int) -> Response:
        """One case, what it rests on, and what became of it."""
        return Response(_told(self.actor, case_id))


class CaseResolution(Resource):
    write_permission = Permission.SEE_SESSIONS

    @extend_schema(request=ResolveIn, responses=CaseOut)
    def post(self, request: Request, case_id: int) -> Response:
        """Do one of its ``resolutions``; who did and why is kept.

        Money is decided by who may change tariffs, all else by who operates stations.
        """
        case, given = selectors.get_case(self.actor, case_id), self.body(ResolveIn)
        other = given.get("other")
        wish = Wish(
            Resolution(given["resolution"]), given["reason"], given["energy_wh"],
            Point(**given["reading"]) if "reading" in given else None,
            None if other is None else get_session(self.actor, other),
        )  # fmt: skip
        if not resolving.may_resolve(self.actor, wish.resolution):
            raise PermissionDenied
        try:
            resolving.resolve(case, wish, actor=self.actor, now=timezone.now())
        except CannotResolve as refused:
            raise Conflict("cannot_resolve", str(refused)) from refused
        return Response(_told(self.actor, case_id))


def _told(actor: Actor, case_id: int) -> Any:
    case = selectors.get_case(actor, case_id)
    return CaseOut(case, context={"ways": resolving.ways_of([case], actor)}).data
