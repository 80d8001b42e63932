"""Local lists, and what they should hold."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.resource import Resource
from apps.api.serializers.lists import ListPolicyFields, LocalListOut
from apps.lists import policy
from apps.lists import selectors as lists
from apps.stations.selectors import get_station


class ListPolicyDetail(Resource):
    read_permission = Permission.HELP_DRIVER
    write_permission = Permission.EDIT_TOKENS

    @extend_schema(responses=ListPolicyFields)
    def get(self, request: Request) -> Response:
        """What the local lists of the organisation's stations should hold."""
        return Response(ListPolicyFields(lists.get_policy_of(self.actor)).data)

    @extend_schema(request=ListPolicyFields, responses=ListPolicyFields)
    def patch(self, request: Request) -> Response:
        """Changes what is given."""
        fields = self.body(ListPolicyFields, partial=True)
        actor = self.actor
        changed = policy.set_policy(actor.organisation, actor=actor, **fields)
        return Response(ListPolicyFields(changed).data)


class StationLocalList(Resource):
    read_permission = Permission.SEE_STATIONS

    @extend_schema(responses=LocalListOut)
    def get(self, request: Request, identity: str) -> Response:
        """What the station holds, held against what it should; send_local_list sends the rest."""
        station = get_station(self.actor, identity)
        return Response(LocalListOut(lists.get_state(station, timezone.now())).data)
