"""Commands: given to a station, waited for, looked up."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.orders import give, read_call, read_command
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.commands import (
    AnsweredOut,
    CallIn,
    CommandIn,
    CommandOut,
    CommandQuery,
    WaitQuery,
)
from apps.api.urlpaths import address_of
from apps.api.waiting import UNANSWERED, wait_for_answer
from apps.commands import selectors
from apps.commands.models import CommandRow
from apps.commands.selectors import CommandFilter
from apps.stations.selectors import get_station, list_stations

_LIFE = {200: AnsweredOut, 202: CommandOut}


class _Giving(Resource):
    def answer(self, request: Request, row: CommandRow, wait_s: float) -> Response:
        """200 once the station has answered, 202 while it has not."""
        row = wait_for_answer(row, wait_s)
        address = {"Location": address_of(request, "command", command_id=row.pk)}
        if row.state in UNANSWERED:
            return Response(CommandOut(row).data, 202, headers=address)
        return Response(AnsweredOut(row).data, 200, headers=address)


class StationCommands(_Giving):
    write_permission = Permission.HELP_DRIVER

    @extend_schema(request=CommandIn, parameters=[WaitQuery], responses=_LIFE)
    def post(self, request: Request, identity: str) -> Response:
        """Gives a station a command in words of no OCPP version."""
        station = get_station(self.actor, identity)
        wait_s = self.query(WaitQuery)["wait"]
        body = self.body(CommandIn)
        command = read_command(self.actor, body["command"], body["parameters"])
        row = give(self.actor, station, command, body["reason"])
        return self.answer(request, row, wait_s)


class StationCalls(_Giving):
    write_permission = Permission.ENGINEER

    @extend_schema(request=CallIn, parameters=[WaitQuery], responses=_LIFE)
    def post(self, request: Request, identity: str) -> Response:
        """Sends any OCPP call of the station's version that is valid by its schema."""
        station = get_station(self.actor, identity)
        wait_s = self.query(WaitQuery)["wait"]
        body = self.body(CallIn)
        call = read_call(station, body["action"], body["payload"])
        row = give(self.actor, station, call, body["reason"])
        return self.answer(request, row, wait_s)


class CommandList(Resource):
    read_permission = Permission.SEE_MESSAGES
    pagination_class = CursorPages
    order = ("-created_at", "-id")

    @extend_schema(parameters=[CommandQuery], responses=CommandOut(many=True))
    def get(self, request: Request) -> Response:
        """Commands, newest first.

        A page of a command and a state may hold few or none, and lead on to older ones by ``next``.
        """
        wanted = self.query(CommandQuery)
        filter_ = CommandFilter(
            name=wanted.get("command", ""),
            state=wanted.get("state", ""),
        )
        rows = selectors.list_commands(self.actor, filter_)
        among = selectors.looked_among(self.actor, filter_)
        if "station" in wanted:
            at = list_stations(self.actor).filter(identity=wanted["station"])
            rows, among = rows.filter(station_id__in=at.values("id")), None
        return self.page(rows, CommandOut, among=among)


class CommandDetail(Resource):
    read_permission = Permission.SEE_MESSAGES

    @extend_schema(responses=CommandOut)
    def get(self, request: Request, command_id: int) -> Response:
        """One command and how far it has come."""
        return Response(CommandOut(selectors.get_command(self.actor, command_id)).data)
