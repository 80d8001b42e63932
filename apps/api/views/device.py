"""Monitors, events and reports of a station."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.device import EventOut, MonitorOut, ReportOut, ReportQuery
from apps.device import selectors
from apps.stations.selectors import get_station


class StationMonitors(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("severity", "number", "id")

    @extend_schema(responses=MonitorOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """The monitors that the station is known to have, the gravest first."""
        station = get_station(self.actor, identity)
        return self.page(selectors.list_monitors(self.actor, station.pk), MonitorOut)


class StationEvents(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("-at", "-id")

    @extend_schema(responses=EventOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """What the station noticed, newest first."""
        station = get_station(self.actor, identity)
        return self.page(selectors.list_events(self.actor, station.pk), EventOut)


class StationReports(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("-begun_at", "-id")

    @extend_schema(parameters=[ReportQuery], responses=ReportOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """Reports that the station was asked for, and how far they have come; newest first."""
        station = get_station(self.actor, identity)
        kind = self.query(ReportQuery).get("kind", "")
        found = selectors.list_reports(self.actor, station.pk, kind)
        sees_tokens = self.actor.may(Permission.HELP_DRIVER)
        return self.page(found, ReportOut, sees_tokens=sees_tokens)
