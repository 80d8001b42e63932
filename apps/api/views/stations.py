"""Stations: listed, registered, changed, removed; and their variables."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Actor
from apps.accounts.roles import Permission
from apps.api.errors import Conflict, Invalid
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.stations import (
    ExcuseOut,
    StationIn,
    StationOut,
    StationQuery,
    VariableOut,
    VariableQuery,
)
from apps.api.urlpaths import address_of
from apps.onboarding.orders import call_back
from apps.stations import selectors, services, sites
from apps.stations.filters import StationFilter
from apps.stations.models import Connector, Station
from apps.stations.naming import set_aliases
from apps.stations.tags import set_tags


class StationList(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.EDIT_STATIONS
    pagination_class = CursorPages
    order = ("identity",)

    @extend_schema(parameters=[StationQuery], responses=StationOut(many=True))
    def get(self, request: Request) -> Response:
        """Stations by identity."""
        wanted = self.query(StationQuery)
        is_connected = wanted.pop("connected")
        stations = selectors.list_stations(self.actor, StationFilter(**wanted))
        stations = stations.prefetch_related("aliases", "tags")
        if is_connected is not None:
            stations = stations.filter(is_connected=is_connected)
        return self.page(stations, StationOut, connectors=_connectors_for(self.actor))

    @extend_schema(request=StationIn, responses={201: StationOut})
    def post(self, request: Request) -> Response:
        """Registers a station; without a password none is asked of it."""
        fields = self.body(StationIn)
        with transaction.atomic():
            station = _registered(self.actor, fields)
        address = address_of(request, "station", identity=station.identity)
        return Response(_shown(self.actor, station.identity), 201, headers={"Location": address})


class StationDetail(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.EDIT_STATIONS

    @extend_schema(responses=StationOut)
    def get(self, request: Request, identity: str) -> Response:
        """One station."""
        return Response(_shown(self.actor, identity))

    @extend_schema(request=StationIn(partial=True), responses=StationOut)
    def patch(self, request: Request, identity: str) -> Response:
        """Changes what is given. A new password replaces the old one at once."""
        station = selectors.get_station(self.actor, identity)
        fields = self.body(StationIn, partial=True)
        if fields.pop("identity", identity) != identity:
            raise Invalid("invalid", "An identity cannot be changed.", {"identity": [identity]})
        with transaction.atomic():
            _change(self.actor, station, dict(fields))
        return Response(_shown(self.actor, identity))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, identity: str) -> Response:
        """Removes a station that is not connected and has no sessions."""
        station = selectors.get_station(self.actor, identity)
        if station.is_connected:
            raise Conflict("connected", "A station can be removed once it is disconnected.")
        services.remove_station(station, actor=self.actor)
        return Response(status=204)


class StationVariables(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    page_size = 500
    order = ("component", "variable", "evse_id", "connector_id", "attribute", "id")

    @extend_schema(parameters=[VariableQuery], responses=VariableOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """The device model (2.0.1) or the keys (1.6), as last read."""
        station = selectors.get_station(self.actor, identity)
        q = self.query(VariableQuery).get("q", "")
        return self.page(selectors.list_variables(self.actor, station, q), VariableOut)


class StationExcuses(Resource):
    read_permission = Permission.SEE_STATIONS
    pagination_class = CursorPages
    order = ("-last_at", "-id")

    @extend_schema(responses=ExcuseOut(many=True))
    def get(self, request: Request, identity: str) -> Response:
        """What was odd about the form of its messages: what, where, how often, since when."""
        station = selectors.get_station(self.actor, identity)
        return self.page(selectors.list_form_counts(self.actor, station), ExcuseOut)


def _connectors_for(actor: Actor) -> Callable[[list[Station]], dict[int, list[Connector]]]:
    def found(stations: list[Station]) -> dict[int, list[Connector]]:
        by_station = defaultdict(list)
        for connector in selectors.list_connectors(actor, [s.pk for s in stations]):
            by_station[connector.station_id].append(connector)
        return by_station

    return found


def _shown(actor: Actor, identity: str) -> dict[str, Any]:
    station = selectors.get_station(actor, identity)
    context = {"connectors": _connectors_for(actor)([station])}
    return StationOut(station, context=context).data


def _registered(actor: Actor, fields: dict[str, Any]) -> Station:
    given = dict(fields)
    topology, aliases = given.pop("topology", None), given.pop("aliases", ())
    tags = given.pop("tags", ())
    if "location" in given:
        given["location"] = sites.find_or_add_location(
            actor.organisation, given["location"], actor=actor
        )
    given.setdefault("security_profile", 1 if given.get("password") else 0)
    station = services.add_station(
        organisation=actor.organisation, now=timezone.now(), actor=actor, **given
    )
    if topology is not None:
        services.declare_topology(station, topology, actor=actor)
    if aliases:
        set_aliases(station, aliases, actor=actor)
    if tags:
        set_tags(station, tags, actor=actor)
    return station


def _change(actor: Actor, station: Station, fields: dict[str, Any]) -> None:
    topology, aliases = fields.pop("topology", None), fields.pop("aliases", None)
    tags = fields.pop("tags", None)
    if "location" in fields:
        fields["location"] = sites.find_or_add_location(
            actor.organisation, fields["location"], actor=actor
        )
    is_decided = fields.get("boot_policy", "pending") not in ("pending", station.boot_policy)
    services.change_station(station, actor=actor, **fields)
    if is_decided:
        call_back(station, timezone.now())
    if topology is not None:
        services.declare_topology(station, topology, actor=actor)
    if aliases is not None:
        set_aliases(station, aliases, actor=actor)
    if tags is not None:
        set_tags(station, tags, actor=actor)
