"""Who did what to what."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.audit import AuditOut, AuditQuery
from apps.audit.selectors import AuditFilter, Entry, entries_of, list_audit, looked_among
from apps.history.models import Fact
from apps.stations.selectors import find_station_id


class AuditList(Resource):
    read_permission = Permission.SEE_AUDIT
    pagination_class = CursorPages
    order = ("-at", "-id")

    @extend_schema(parameters=[AuditQuery], responses=AuditOut(many=True))
    def get(self, request: Request) -> Response:
        """What was done, the newest first. Where a filter looks through much, a page may hold few
        or none, and ``next`` leads on.
        """
        given = self.query(AuditQuery)
        name = given.pop("station", "")
        station_id = find_station_id(self.actor, name) if name else None
        wanted = AuditFilter(**given, station_id=station_id)
        found = list_audit(self.actor, wanted)
        if name and station_id is None:
            found = found.none()
        among = looked_among(self.actor, wanted)
        return self.page(found, AuditOut, among=among, entries=self._entries)

    def _entries(self, found: list[Fact]) -> dict[int, Entry]:
        return {entry.fact.pk: entry for entry in entries_of(self.actor, found)}
