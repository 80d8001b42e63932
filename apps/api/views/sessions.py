"""Sessions: listed, exported, looked into."""

from datetime import datetime

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.api.errors import Conflict
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.messages import MessageOut
from apps.api.serializers.sessions import (
    AmendIn,
    EnergyIn,
    FormQuery,
    SampleOut,
    SessionOut,
    SessionQuery,
)
from apps.api.serializers.telling import ToldSessionOut
from apps.journal.selectors import list_of_session
from apps.sessions import export, selectors
from apps.sessions.amending import CannotAmend, Change, Point, What, amend
from apps.sessions.deciding import Undecidable, decide_energy
from apps.sessions.models import Session
from apps.sessions.selectors import SessionFilter
from apps.stations.selectors import list_identities
from apps.telling.selectors import tell
from ocpp_platform.streaming import PiecemealResponse

_CSV = OpenApiResponse(OpenApiTypes.STR, description="One line a session, streamed.")


class SessionList(Resource):
    read_permission = Permission.SEE_SESSIONS
    pagination_class = CursorPages
    order = ("-started_at", "-id")

    @extend_schema(parameters=[SessionQuery], responses=SessionOut(many=True))
    def get(self, request: Request) -> Response:
        """Sessions, newest first."""
        found = selectors.list_sessions(self.actor, SessionFilter(**self.query(SessionQuery)))
        return self.page(found, SessionOut, now=timezone.now(), actor=self.actor)


class SessionCsv(Resource):
    """The permission to export implies that to see."""

    read_permission = Permission.EXPORT

    @extend_schema(parameters=[SessionQuery, FormQuery], responses={(200, "text/csv"): _CSV})
    def get(self, request: Request) -> PiecemealResponse:
        """All sessions of the filter as CSV, newest first; plain, or for spreadsheets."""
        wanted = self.query(SessionQuery, FormQuery)
        form, filter_ = wanted.pop("form"), SessionFilter(**wanted)
        query, now = request.META.get("QUERY_STRING", ""), timezone.now()
        lines = export.export(self.actor, filter_, query=query, now=now, form=form)
        response = PiecemealResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="sessions.csv"'
        return response


class SessionDetail(Resource):
    read_permission = Permission.SEE_SESSIONS

    @extend_schema(responses=ToldSessionOut)
    def get(self, request: Request, session_id: int) -> Response:
        """One session, with what is told of it; times of day are those of its location."""
        session, now = selectors.get_session(self.actor, session_id), timezone.now()
        return _told(self.actor, session, now)


class SessionEnergy(Resource):
    write_permission = Permission.EDIT_TARIFFS

    @extend_schema(request=EnergyIn, responses=ToldSessionOut)
    def post(self, request: Request, session_id: int) -> Response:
        """Decide what a session took whose meter cannot be believed; null: as the meter says.

        Price and periods follow at once; who decided and why is kept among the facts.
        """
        session, now = selectors.get_session(self.actor, session_id), timezone.now()
        given = self.body(EnergyIn)
        try:
            decide_energy(
                session, given["energy_wh"], reason=given["reason"], actor=self.actor, now=now
            )
        except Undecidable as refused:
            raise Conflict("cannot_decide", str(refused)) from refused
        session = selectors.get_session(self.actor, session_id)
        return _told(self.actor, session, now)


class SessionAmendment(Resource):
    write_permission = Permission.EDIT_TARIFFS

    @extend_schema(request=AmendIn, responses=ToldSessionOut)
    def post(self, request: Request, session_id: int) -> Response:
        """Put right which readings of a session count, and what is one session.

        ``join``: the later of the two counts in the earlier one. ``split``: the reading ends this
        one and begins another. Nothing is deleted, and what is billed follows at once.
        """
        session, now = selectors.get_session(self.actor, session_id), timezone.now()
        given = self.body(AmendIn)
        other = given.get("other")
        change = Change(
            What(given["change"]),
            Point(**given["reading"]) if "reading" in given else None,
            None if other is None else selectors.get_session(self.actor, other),
        )
        try:
            amend(session, change, reason=given["reason"], actor=self.actor, now=now)
        except CannotAmend as refused:
            raise Conflict("cannot_amend", str(refused)) from refused
        session = selectors.get_session(self.actor, session_id)
        return _told(self.actor, session, now)


class SessionMessages(Resource):
    read_permission = Permission.SEE_MESSAGES
    pagination_class = CursorPages
    order = ("at", "id")

    @extend_schema(responses=MessageOut(many=True))
    def get(self, request: Request, session_id: int) -> Response:
        """The journal of a session, oldest first."""
        session = selectors.get_session(self.actor, session_id)
        identities = list_identities(self.actor, [session.station_id])
        rows = list_of_session(self.actor, session.pk)
        return self.page(rows, MessageOut, identities=identities)


class SessionSamples(Resource):
    read_permission = Permission.SEE_SESSIONS
    pagination_class = CursorPages
    page_size = 500
    order = ("at", "context")

    @extend_schema(responses=SampleOut(many=True))
    def get(self, request: Request, session_id: int) -> Response:
        """The meter of a session, oldest first. Wh, W, A, V."""
        session = selectors.get_session(self.actor, session_id)
        return self.page(selectors.list_samples(self.actor, session.pk), SampleOut)


def _told(actor: Actor, session: Session, now: datetime) -> Response:
    telling = tell(actor, session, now=now)
    context = {"now": now, "telling": telling, "actor": actor}
    return Response(ToldSessionOut(session, context=context).data)
