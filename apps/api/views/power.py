"""Limits: what lies in a station, what it adds up to, and what goes out when."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.roles import Permission
from apps.api.errors import Invalid
from apps.api.pagination import CursorPages
from apps.api.resource import Resource
from apps.api.serializers.power import (
    DeliveryOut,
    LimitsOut,
    PushDetailOut,
    PushIn,
    PushOut,
    ScheduleOut,
    ScheduleQuery,
)
from apps.api.urlpaths import address_of
from apps.campaigns.audience import Audience, group_of
from apps.campaigns.models import Campaign
from apps.campaigns.selectors import list_campaigns, list_targets
from apps.campaigns.services import Time
from apps.domain.command import BadParameters
from apps.power import selectors
from apps.power.planned import Limit, PlannedLimits, call_off_limit, plan_limit
from apps.stations.selectors import get_location, get_station


class StationLimits(Resource):
    read_permission = Permission.SEE_STATIONS

    @extend_schema(responses=LimitsOut)
    def get(self, request: Request, identity: str) -> Response:
        """The charging profiles in a station, and the limits that others impose on it."""
        station = get_station(self.actor, identity)
        found = {
            "profiles": selectors.list_profiles(self.actor, station),
            "external": selectors.list_limits(self.actor, station),
        }
        return Response(LimitsOut(found).data)


class StationSchedule(Resource):
    read_permission = Permission.SEE_STATIONS

    @extend_schema(parameters=[ScheduleQuery], responses=ScheduleOut)
    def get(self, request: Request, identity: str) -> Response:
        """What we expect the station to draw at most from now on, by all that limits it."""
        station = get_station(self.actor, identity)
        wanted = self.query(ScheduleQuery)
        asked = selectors.question(
            station,
            wanted["evse"],
            start_at=timezone.now(),
            duration_s=wanted["duration"],
            unit=wanted["unit"],
        )
        shown = {
            "evse": asked.evse_id,
            "start_at": asked.start_at,
            "duration_s": asked.duration_s,
            "unit": asked.unit,
            "periods": selectors.composite_of(station, asked),
        }
        return Response(ScheduleOut(shown).data)


class PushList(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.OPERATE
    pagination_class = CursorPages
    order = ("-id",)

    @extend_schema(responses=PushOut(many=True))
    def get(self, request: Request) -> Response:
        """Pushes of charging profiles, the newest first."""
        return self.page(list_campaigns(self.actor, PlannedLimits), PushOut)

    @extend_schema(request=PushIn, responses={201: PushOut})
    def post(self, request: Request) -> Response:
        """Plans a push: once, or every day or week at the same local time."""
        fields = self.body(PushIn)
        push = self._planned(fields)
        address = address_of(request, "push", push_id=push.pk)
        return Response(PushOut(push).data, 201, headers={"Location": address})

    def _planned(self, fields: dict[str, Any]) -> Campaign:
        try:
            return plan_limit(
                organisation_id=self.actor.organisation_id,
                name=fields["name"],
                limit=Limit(
                    fields["evse"],
                    fields["profile"],
                    Time(
                        fields["due_at"], fields["every"], fields["timezone"], fields["expires_s"]
                    ),
                ),
                audience=self._audience(fields),
                actor=self.actor,
                now=timezone.now(),
            )
        except BadParameters as error:
            raise Invalid("invalid_push", "The push does not fit; see details.",
                          error.problems) from error  # fmt: skip

    def _audience(self, fields: dict[str, Any]) -> Audience:
        station, location = fields.get("station"), fields.get("location")
        named = fields.get("stations")
        return Audience(
            get_station(self.actor, station) if station else None,
            get_location(self.actor, location) if location else None,
            group_of(self.actor, named) if named else None,
        )


class PushDetail(Resource):
    read_permission = Permission.SEE_STATIONS
    write_permission = Permission.OPERATE

    @extend_schema(responses=PushDetailOut)
    def get(self, request: Request, push_id: int) -> Response:
        """One push and what became of it at each station."""
        push = list_campaigns(self.actor, PlannedLimits).get(pk=push_id)
        found = DeliveryOut(list_targets(push), many=True)
        return Response({**PushOut(push).data, "deliveries": found.data})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, push_id: int) -> Response:
        """Calls it off: it is never due again."""
        push = list_campaigns(self.actor, PlannedLimits).get(pk=push_id)
        call_off_limit(push, actor=self.actor)
        return Response(status=204)
