"""How new stations come into service: the policy with its steps, who waits, and decisions."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.errors import Conflict, Invalid
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.onboarding import AcceptIn, DecisionIn, HeldOut, PolicyFields, SetupOut
from apps.domain.command import BadParameters
from apps.onboarding import recipe, selectors, services
from apps.onboarding.selectors import SetupState
from apps.stations.models import Location, Station
from apps.stations.selectors import get_station
from apps.stations.sites import find_or_add_location

_LEAST: dict[str, Any] = {"parameters": {}, "must_succeed": True}


class OnboardingPolicy(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.EDIT_NETWORK

    @extend_schema(responses=PolicyFields)
    def get(self, request: Request) -> Response:
        """How new stations come into service."""
        return Response(self._shown())

    @extend_schema(request=PolicyFields, responses=PolicyFields)
    def patch(self, request: Request) -> Response:
        """Changes what is given. Set-ups that have begun keep their steps."""
        fields = self.body(PolicyFields, partial=True)
        steps = fields.pop("steps", None)
        with transaction.atomic():
            if fields:
                services.set_policy(self.actor, **fields)
            if steps is not None:
                self._replace(steps)
        return Response(self._shown())

    def _replace(self, steps: list[dict[str, Any]]) -> None:
        try:
            recipe.replace_steps(self.actor, [_LEAST | step for step in steps])
        except BadParameters as error:
            raise Invalid("invalid", "A step cannot be.", {"steps": error.problems}) from error

    def _shown(self) -> dict[str, Any]:
        policy = selectors.get_policy(self.actor)
        names = ("unknown", "most_held", "heartbeat_interval_s", "retry_interval_s",
                 "renews_certificates", "renew_before_d")  # fmt: skip
        steps = selectors.list_steps(self.actor).values("name", "parameters", "must_succeed")
        return PolicyFields({name: getattr(policy, name) for name in names} | {"steps": steps}).data


class HeldStations(Resource):
    read_permission = Permission.EDIT_STATIONS
    pagination_class = CursorPages
    order = ("registered_at", "id")

    @extend_schema(responses=HeldOut(many=True))
    def get(self, request: Request) -> Response:
        """Stations that came unknown and wait for somebody to accept or reject them."""
        return self.page(selectors.list_held(self.actor), HeldOut)


class StationSetup(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.EDIT_STATIONS

    @extend_schema(responses=SetupOut)
    def get(self, request: Request, identity: str) -> Response:
        """How far the station has come."""
        return Response(_shown(self, get_station(self.actor, identity)))

    @extend_schema(request=DecisionIn, responses={202: SetupOut})
    def post(self, request: Request, identity: str) -> Response:
        """Runs all steps (again). A station in service stays in service."""
        station = get_station(self.actor, identity)
        reason = self.body(DecisionIn)["reason"]
        services.begin(station.pk, actor=self.actor, now=timezone.now(), reason=reason)
        return Response(_shown(self, station), 202)


class StationAcceptance(Resource):
    write_permission = Permission.EDIT_STATIONS

    def _place(self, name: str | None) -> Location | None:
        organisation = self.actor.organisation
        return find_or_add_location(organisation, name, actor=self.actor) if name else None

    @extend_schema(request=AcceptIn, responses=SetupOut)
    def post(self, request: Request, identity: str) -> Response:
        """Takes the station in; if there are steps that it has not taken, it is set up first."""
        station = get_station(self.actor, identity)
        given = self.body(AcceptIn)
        with transaction.atomic():
            place = self._place(given.get("location"))
            services.accept(
                station,
                actor=self.actor,
                now=timezone.now(),
                location=place,
                reason=given["reason"],
            )
        return Response(_shown(self, get_station(self.actor, identity)))


class StationRejection(Resource):
    write_permission = Permission.EDIT_STATIONS

    @extend_schema(request=DecisionIn, responses=SetupOut)
    def post(self, request: Request, identity: str) -> Response:
        """From its next boot on it is told Rejected, and nothing else is said to it."""
        station = get_station(self.actor, identity)
        reason = self.body(DecisionIn)["reason"]
        if station.boot_policy == "rejected":
            raise Conflict("rejected", "It has been rejected already.")
        services.reject(station, actor=self.actor, now=timezone.now(), reason=reason)
        return Response(_shown(self, get_station(self.actor, identity)))


def _shown(view: Resource, station: Station) -> dict[str, Any]:
    state = selectors.state_of(view.actor, station)
    return SetupOut(
        {
            "station": station, "setup": state.setup, "steps": state.steps,
            "state": _word(state),
        }
    ).data  # fmt: skip


def _word(state: SetupState) -> str:
    if state.is_waiting:
        return "waiting"
    if state.setup.renew_since is not None:
        return "renewing"
    return state.setup.stage or "none"
