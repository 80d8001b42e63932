"""What stations show to drivers."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.display import DisplayMessageOut, DisplayMessageQuery
from apps.display.selectors import list_messages
from apps.stations.selectors import get_station


class StationDisplay(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("-changed_at", "-id")

    @extend_schema(parameters=[DisplayMessageQuery], responses=DisplayMessageOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """Messages of a station's display; set_display_message sets one."""
        station = get_station(self.actor, identity)
        wanted = self.query(DisplayMessageQuery)
        found = list_messages(self.actor, station, wanted.get("state", ""))
        return self.page(found, DisplayMessageOut)
