"""Limits of stations, their composite schedule, and planned pushes."""

from rest_framework import serializers

from apps.api.serializers.fields import InstantField, IntegerField
from apps.campaigns import calendar
from apps.campaigns.models import Campaign
from apps.domain.power import LONGEST_ASKED_S
from apps.domain.profiles import UNITS

_MOST_EVSE = 2**31 - 1
_YEAR_S = 366 * 86_400


class ProfileOut(serializers.Serializer):
    evse = serializers.IntegerField(source="evse_id", help_text="0: the whole station.")
    id = serializers.IntegerField(source="number")
    set_by = serializers.CharField(source="source", help_text="CSO (we), EMS, SO or Other.")
    profile = serializers.JSONField(
        source="body", help_text="As the command set_charging_profile takes it."
    )
    is_reported = serializers.BooleanField(help_text="The station told it; else it accepted it.")
    known_at = serializers.DateTimeField()


class LimitOut(serializers.Serializer):
    evse = serializers.IntegerField(source="evse_id", help_text="0: the whole station.")
    set_by = serializers.CharField(source="source")
    is_grid_critical = serializers.BooleanField(allow_null=True)
    schedules = serializers.JSONField()
    at = serializers.DateTimeField()


class LimitsOut(serializers.Serializer):
    """What limits a station as far as we know."""

    profiles = ProfileOut(many=True)
    external = LimitOut(many=True)


class ScheduleQuery(serializers.Serializer):
    evse = IntegerField(
        required=False, default=0, min_value=0, max_value=_MOST_EVSE,
        help_text="0: the whole station.",
    )  # fmt: skip
    duration = IntegerField(
        required=False, default=86_400, min_value=1, max_value=LONGEST_ASKED_S,
        help_text="Seconds from now on.",
    )  # fmt: skip
    unit = serializers.ChoiceField(required=False, default="W", choices=UNITS)


class PieceOut(serializers.Serializer):
    start_s = serializers.IntegerField()
    limit = serializers.FloatField(allow_null=True, help_text="null: nothing limits.")
    phases = serializers.IntegerField(allow_null=True)


class ScheduleOut(serializers.Serializer):
    evse = serializers.IntegerField()
    start_at = serializers.DateTimeField()
    duration_s = serializers.IntegerField()
    unit = serializers.CharField()
    periods = PieceOut(many=True)


class PushIn(serializers.Serializer):
    """One of ``station``, ``stations`` and ``location``; with none it goes to every station."""

    name = serializers.CharField(max_length=100)
    station = serializers.CharField(required=False, max_length=48)
    stations = serializers.ListField(
        required=False, child=serializers.CharField(max_length=48), min_length=1, max_length=5000,
        help_text="The identities of a group.",
    )  # fmt: skip
    location = IntegerField(required=False, min_value=1)
    evse = IntegerField(
        required=False, default=0, min_value=0, max_value=_MOST_EVSE,
        help_text="0: the whole station.",
    )  # fmt: skip
    profile = serializers.DictField(
        help_text="As set_charging_profile takes it; a schedule without start_at begins when"
        " the push is due."
    )
    due_at = InstantField()
    every = serializers.ChoiceField(
        required=False,
        default="",
        choices=["", calendar.DAILY, calendar.WEEKLY],
        allow_blank=True,
    )
    timezone = serializers.CharField(
        required=False, default="UTC", max_length=64, help_text="Whose clock it recurs by."
    )
    expires_s = IntegerField(
        required=False, default=86_400, min_value=1, max_value=_YEAR_S,
        help_text="How long it waits for a station that is offline.",
    )  # fmt: skip

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if len({"station", "stations", "location"} & attrs.keys()) > 1:
            raise serializers.ValidationError("A push goes to a station, a group or a location.")
        return attrs


class PushOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    station = serializers.CharField(source="station.identity", default=None)
    stations = serializers.SerializerMethodField(help_text="The group; null where there is none.")
    location = serializers.IntegerField(source="location_id", allow_null=True)
    evse = serializers.IntegerField(source="parameters.evse_id")
    profile = serializers.JSONField(source="parameters.profile")
    due_at = serializers.DateTimeField(allow_null=True, help_text="null: it is done.")
    every = serializers.CharField()
    timezone = serializers.CharField()
    expires_s = serializers.IntegerField()

    def get_stations(self, push: Campaign) -> list[str] | None:
        return [station.identity for station in push.group.all()] if push.is_of_group else None


class DeliveryOut(serializers.Serializer):
    station = serializers.CharField(source="station.identity")
    due_at = serializers.DateTimeField(source="turn_at")
    command = serializers.IntegerField(source="command_id", allow_null=True)
    outcome = serializers.CharField(help_text="Empty while it is on its way.")
    problem = serializers.CharField()


class PushDetailOut(PushOut):
    deliveries = DeliveryOut(many=True, help_text="The newest hundred.")
