"""Locations: listed, added, changed, removed."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.places import LocationFields, LocationOut
from apps.api.urlpaths import address_of
from apps.stations import selectors, sites


class LocationList(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.EDIT_NETWORK
    pagination_class = CursorPages

    @extend_schema(responses=LocationOut(many=True))
    def get(self, request: Request) -> Response:
        """Locations in the order in which they were added."""
        return self.page(selectors.list_locations(self.actor), LocationOut)

    @extend_schema(request=LocationFields, responses={201: LocationOut})
    def post(self, request: Request) -> Response:
        """Adds a location; without a time zone it has the organisation's."""
        fields = self.body(LocationFields)
        fields.setdefault("timezone", self.actor.organisation.timezone)
        location = sites.add_location(
            organisation=self.actor.organisation, actor=self.actor, **fields
        )
        address = address_of(request, "location", location_id=location.pk)
        return Response(LocationOut(location).data, 201, headers={"Location": address})


class LocationDetail(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.EDIT_STATIONS

    @extend_schema(responses=LocationOut)
    def get(self, request: Request, location_id: int) -> Response:
        """One location."""
        return Response(LocationOut(selectors.get_location(self.actor, location_id)).data)

    @extend_schema(request=LocationFields(partial=True), responses=LocationOut)
    def patch(self, request: Request, location_id: int) -> Response:
        """Changes what is given."""
        location = selectors.get_location(self.actor, location_id)
        fields = self.body(LocationFields, partial=True)
        sites.change_location(location, actor=self.actor, **fields)
        return Response(LocationOut(location).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, location_id: int) -> Response:
        """Removes a location without stations."""
        location = selectors.get_location(self.actor, location_id)
        sites.remove_location(location, actor=self.actor)
        return Response(status=204)
