"""Reservations: made, seen, cancelled."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.orders import give, read_command
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.commands import CommandOut
from apps.api.serializers.reservations import ReservationIn, ReservationOut, ReservationQuery
from apps.api.urlpaths import address_of
from apps.domain.reservations import CancelReservation, ReserveNow
from apps.reservations import selectors as reservations
from apps.stations.selectors import get_station, list_stations


class ReservationList(Resource):
    read_permission = Permission.HELP_DRIVER
    pagination_class = CursorPages
    order = ("-created_at", "-id")

    @extend_schema(parameters=[ReservationQuery], responses=ReservationOut(many=True))
    def get(self, request: Request) -> Response:
        """Reservations, newest first."""
        wanted = self.query(ReservationQuery)
        found = reservations.list_reservations(self.actor, state=wanted.get("state", ""))
        if "station" in wanted:
            at = list_stations(self.actor).filter(identity=wanted["station"])
            found = found.filter(station_id__in=at.values("id"))
        return self.page(found, ReservationOut)


class StationReservations(Resource):
    read_permission = Permission.HELP_DRIVER
    write_permission = Permission.HELP_DRIVER
    pagination_class = CursorPages
    order = ("-created_at", "-id")

    @extend_schema(responses=ReservationOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """Reservations of a station, newest first."""
        station = get_station(self.actor, identity)
        found = reservations.list_reservations(self.actor, station_id=station.pk)
        return self.page(found, ReservationOut)

    @extend_schema(request=ReservationIn, responses={201: ReservationOut})
    def post(self, request: Request, identity: str) -> Response:
        """Asks the station to hold an EVSE, a type of connector, or any; see the state."""
        station = get_station(self.actor, identity)
        given: dict[str, Any] = self.body(ReservationIn)
        reason = given.pop("reason")
        row = give(
            self.actor, station, read_command(self.actor, ReserveNow.declared.name, given), reason
        )
        made = reservations.get_reservation(self.actor, row.parameters["reservation_id"])
        address = address_of(request, "reservation", reservation_id=made.pk)
        return Response(ReservationOut(made).data, 201, headers={"Location": address})


class ReservationDetail(Resource):
    read_permission = Permission.HELP_DRIVER
    write_permission = Permission.HELP_DRIVER

    @extend_schema(responses=ReservationOut)
    def get(self, request: Request, reservation_id: int) -> Response:
        """One reservation and what became of it."""
        return Response(
            ReservationOut(reservations.get_reservation(self.actor, reservation_id)).data
        )

    @extend_schema(responses={202: CommandOut})
    def delete(self, request: Request, reservation_id: int) -> Response:
        """Asks the station to let it go; it is cancelled once the station accepts."""
        made = reservations.get_reservation(self.actor, reservation_id)
        command = read_command(
            self.actor, CancelReservation.declared.name, {"reservation_id": made.pk}
        )
        row = give(self.actor, made.station, command, "")
        address = {"Location": address_of(request, "command", command_id=row.pk)}
        return Response(CommandOut(row).data, 202, headers=address)
