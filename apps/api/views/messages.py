"""The journal: every message with its answer."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.messages import MessageOut, MessageQuery
from apps.journal.models import Message
from apps.journal.selectors import MessageFilter, list_messages, looked_among
from apps.stations.selectors import list_identities, list_stations


class MessageList(Resource):
    read_permission = Permission.SEE_MESSAGES
    pagination_class = CursorPages
    order = ("-at", "-id")

    @extend_schema(parameters=[MessageQuery], responses=MessageOut(many=True))
    def get(self, request: Request) -> Response:
        """Messages, newest first.

        What is rare among many is looked for piece by piece: a page may hold few or none, and
        lead on to older ones by ``next``.
        """
        wanted = self.query(MessageQuery)
        identity = wanted.pop("station", None)
        if identity is not None:
            wanted["station_id"] = self._station_id(identity)
        filter_ = MessageFilter(**wanted)
        rows, among = list_messages(self.actor, filter_), looked_among(self.actor, filter_)
        return self.page(rows, MessageOut, among=among, identities=self._identities)

    def _station_id(self, identity: str) -> int:
        """0, which no station has, where there is none of that identity."""
        own = list_stations(self.actor).filter(identity=identity)
        return own.values_list("id", flat=True).first() or 0

    def _identities(self, found: list[Message]) -> dict[int, str]:
        return list_identities(self.actor, [message.station_id for message in found])
