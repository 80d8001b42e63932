"""Stations: what is told of them, and what registers and changes one."""

from collections import defaultdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import IntegerField, Item, NumberField
from apps.domain.form import REFUSALS, WORDS
from apps.domain.identity import MOST_OF_ALIAS
from apps.domain.vocabulary import Protocol, Strictness
from apps.stations import tag_words
from apps.stations.models import Connector, FormCount, Station
from apps.stations.naming import MOST

_POLICIES = ("accepted", "pending", "rejected")
_ASSUMED = (
    "What it speaks where it offers no sub-protocol that is spoken here; empty: it is refused."
)
_READING = (
    "How the form of its messages is judged. tolerant: what is needed is read, what is odd is "
    "noted. strict: what the schema does not accept is refused, for laboratories."
)


class ConnectorOut(serializers.Serializer):
    id = serializers.IntegerField(source="number")
    status = serializers.CharField(help_text="As the station reported it, e.g. Available.")
    status_at = serializers.DateTimeField(allow_null=True)
    error_code = serializers.CharField()
    standard = serializers.CharField()
    max_power_w = serializers.IntegerField(allow_null=True)


class EvseOut(serializers.Serializer):
    id = serializers.IntegerField()
    connectors = ConnectorOut(many=True)


class ClockOut(serializers.Serializer):
    offset_s = serializers.FloatField(help_text="The station's clock less ours.")
    drift_s_per_day = serializers.FloatField(allow_null=True)
    judged_at = serializers.DateTimeField()


class StationOut(serializers.Serializer):
    """Context ``connectors``: by station id, for all stations of the page."""

    identity = serializers.CharField()
    aliases = serializers.SerializerMethodField(
        help_text="Other identities under which it comes in."
    )
    location = serializers.CharField(source="location.name")
    tags = serializers.SerializerMethodField(help_text="Words of your own.")
    connected = serializers.BooleanField(source="is_connected")
    protocol = serializers.CharField(help_text="As last connected; empty before the first time.")
    vendor = serializers.CharField()
    model = serializers.CharField()
    serial_number = serializers.CharField()
    firmware = serializers.CharField()
    security_profile = serializers.IntegerField()
    has_password = serializers.SerializerMethodField()
    boot_policy = serializers.CharField()
    reading = serializers.CharField(help_text=_READING)
    assumed_protocol = serializers.CharField(help_text=_ASSUMED)
    boot_status = serializers.CharField(help_text="What the last BootNotification was answered.")
    last_boot_at = serializers.DateTimeField(allow_null=True)
    last_seen_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField()
    clock = serializers.SerializerMethodField()
    evses = serializers.SerializerMethodField()

    def get_aliases(self, station: Station) -> list[str]:
        return [alias.identity for alias in station.aliases.all()]

    def get_tags(self, station: Station) -> list[str]:
        return [tag.word for tag in station.tags.all()]

    def get_has_password(self, station: Station) -> bool:
        return bool(station.password_digest)

    @extend_schema_field(ClockOut(allow_null=True))
    def get_clock(self, station: Station) -> dict[str, Any] | None:
        """As its live messages show it; null until they have."""
        if station.clock_judged_at is None:
            return None
        told = {
            "offset_s": station.clock_offset_s,
            "drift_s_per_day": station.clock_drift_s_per_day,
            "judged_at": station.clock_judged_at,
        }
        return dict(ClockOut(told).data)

    @extend_schema_field(EvseOut(many=True))
    def get_evses(self, station: Station) -> list[dict[str, Any]]:
        plugs: dict[int, list[Connector]] = defaultdict(list)
        for connector in self.context["connectors"].get(station.pk, ()):
            plugs[connector.evse.number].append(connector)
        shown = [{"id": number, "connectors": found} for number, found in sorted(plugs.items())]
        return list(EvseOut(shown, many=True).data)


class ConnectorIn(Item):
    connector_id = NumberField()
    standard = serializers.CharField(required=False, allow_blank=True, max_length=40)
    max_power_w = NumberField(required=False, allow_null=True, least=0)


class EvseIn(Item):
    evse_id = NumberField()
    connectors = serializers.ListField(child=ConnectorIn(), min_length=1, max_length=100)

    def validate_connectors(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _once(value, "connector_id")


class StationIn(serializers.Serializer):
    """The body of POST; of PATCH, where every field is optional."""

    identity = serializers.CharField(max_length=48)
    location = serializers.CharField(
        required=False, max_length=100, help_text="By its name; made when there is none."
    )
    password = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=255,
        trim_whitespace=False, write_only=True, help_text='Never read back; "" is none.',
    )  # fmt: skip
    security_profile = IntegerField(required=False, min_value=0, max_value=3)
    serial_number = serializers.CharField(required=False, allow_blank=True, max_length=255)
    boot_policy = serializers.ChoiceField(
        required=False, choices=_POLICIES, help_text="What BootNotification is answered."
    )
    aliases = serializers.ListField(
        child=serializers.CharField(max_length=MOST_OF_ALIAS), required=False, max_length=MOST,
        help_text="Other identities under which it comes in; exactly these from now on.",
    )  # fmt: skip
    tags = serializers.ListField(
        child=serializers.CharField(max_length=tag_words.LONGEST, allow_blank=False),
        required=False, max_length=tag_words.MOST,
        help_text="Words of your own, compared without case; exactly these from now on.",
    )  # fmt: skip
    assumed_protocol = serializers.ChoiceField(
        required=False, choices=["", *Protocol], help_text=_ASSUMED
    )
    reading = serializers.ChoiceField(
        required=False, choices=[reading.value for reading in Strictness], help_text=_READING
    )
    topology = serializers.ListField(child=EvseIn(), required=False, min_length=1, max_length=100)

    def validate_topology(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _once(value, "evse_id")


class StationQuery(serializers.Serializer):
    q = serializers.CharField(
        required=False,
        help_text="Part of the identity, location, vendor, model, serial number or a tag.",
    )
    connected = serializers.BooleanField(required=False, allow_null=True, default=None)
    location = serializers.CharField(required=False)
    vendor = serializers.CharField(required=False)
    protocol = serializers.CharField(required=False)
    tag = serializers.CharField(required=False, help_text="In any letter case.")
    group = serializers.CharField(required=False, help_text="The number of a shared group.")


class VariableOut(serializers.Serializer):
    component = serializers.CharField(help_text="Empty for a key of OCPP 1.6.")
    variable = serializers.CharField()
    evse_id = serializers.SerializerMethodField()
    connector_id = serializers.SerializerMethodField()
    attribute = serializers.CharField()
    value = serializers.CharField()
    mutability = serializers.CharField()
    is_persistent = serializers.BooleanField(allow_null=True)
    is_constant = serializers.BooleanField(allow_null=True)
    data_type = serializers.CharField(help_text="Empty where the station did not tell.")
    unit = serializers.CharField()
    min_limit = serializers.FloatField(allow_null=True)
    max_limit = serializers.FloatField(allow_null=True)
    values_list = serializers.CharField(help_text="What it may be, with commas between.")
    supports_monitoring = serializers.BooleanField(allow_null=True)
    needs_reboot = serializers.BooleanField(help_text="Its new value counts after a restart.")
    read_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField(allow_null=True)
    changed_by = serializers.CharField(
        help_text="Empty where it was found changed when it was read."
    )
    changed_command = serializers.IntegerField(source="changed_command_id", allow_null=True)

    def get_evse_id(self, variable: Any) -> int | None:
        return variable.evse_id or None

    def get_connector_id(self, variable: Any) -> int | None:
        return variable.connector_id or None


class ExcuseOut(serializers.Serializer):
    action = serializers.CharField(help_text="Empty where a frame does not tell.")
    rule = serializers.ChoiceField(choices=[*WORDS, *REFUSALS])
    is_refused = serializers.SerializerMethodField(
        help_text="Whether the message was not taken; else it was read in spite of its form."
    )
    path = serializers.CharField(help_text="A JSON pointer without indexes.")
    detail = serializers.CharField(help_text="The newest name of a member that OCPP knows not.")
    firmware = serializers.CharField()
    count = serializers.IntegerField(help_text="Messages.")
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()

    def get_is_refused(self, counted: FormCount) -> bool:
        return counted.rule in REFUSALS


class VariableQuery(serializers.Serializer):
    q = serializers.CharField(required=False, help_text="Part of the variable or component.")


def _once(items: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    numbers = [item[key] for item in items]
    if len(set(numbers)) != len(numbers):
        raise serializers.ValidationError(f"The same {key} appears more than once.")
    return items
