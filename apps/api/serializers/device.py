"""What a station watches, noticed and reported."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.device.assembly import Kind
from apps.device.models import Report

_KINDS = [kind.value for kind in Kind]


class _Placed(serializers.Serializer):
    """Names as in the variables of a station; null is no EVSE."""

    component = serializers.CharField()
    variable = serializers.CharField()
    evse_id = serializers.SerializerMethodField()
    connector_id = serializers.SerializerMethodField()

    def get_evse_id(self, placed: Any) -> int | None:
        return placed.evse_id or None

    def get_connector_id(self, placed: Any) -> int | None:
        return placed.connector_id or None


class MonitorOut(_Placed):
    id = serializers.IntegerField(source="number", help_text="As the station numbers it.")
    type = serializers.CharField(source="kind")
    value = serializers.FloatField()
    severity = serializers.IntegerField(help_text="0 is the gravest, 9 the least.")
    transaction = serializers.BooleanField(source="is_transaction")
    origin = serializers.CharField(
        help_text='"hard_wired", "preconfigured", "custom", or empty where nobody told.'
    )
    actor = serializers.CharField(help_text="Who had it set.")
    set_at = serializers.DateTimeField(allow_null=True)
    seen_at = serializers.DateTimeField()


class EventOut(_Placed):
    event_id = serializers.IntegerField()
    trigger = serializers.CharField()
    type = serializers.CharField(source="kind", help_text="eventNotificationType.")
    cause = serializers.IntegerField(allow_null=True)
    value = serializers.CharField()
    tech_code = serializers.CharField()
    tech_info = serializers.CharField()
    is_cleared = serializers.BooleanField()
    transaction_id = serializers.CharField()
    monitor_id = serializers.IntegerField(source="monitor_number", allow_null=True)
    severity = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    generated_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()


class ReportOut(serializers.Serializer):
    """``asked`` and ``text`` of customer information are null to whom tokens are hidden."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=_KINDS)
    state = serializers.CharField(help_text="asked, receiving, complete, empty or incomplete.")
    request_id = serializers.IntegerField(allow_null=True)
    command = serializers.IntegerField(source="command_id", allow_null=True)
    actor = serializers.CharField()
    asked = serializers.SerializerMethodField()
    parts = serializers.IntegerField(source="assembly.parts")
    missing = serializers.CharField(source="assembly.missing", help_text="Such as 1,4-6.")
    is_end_known = serializers.SerializerMethodField(help_text="Whether the last part came.")
    items = serializers.IntegerField(help_text="Variables or monitors.")
    text = serializers.SerializerMethodField(help_text="Of customer information; kept 30 days.")
    begun_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)

    def _is_hidden(self, report: Report) -> bool:
        return report.kind == Kind.CUSTOMER and not self.context["sees_tokens"]

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_asked(self, report: Report) -> dict[str, Any] | None:
        return None if self._is_hidden(report) else report.asked

    def get_is_end_known(self, report: Report) -> bool:
        return report.last_seq is not None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_text(self, report: Report) -> str | None:
        return None if self._is_hidden(report) else report.text


class ReportQuery(serializers.Serializer):
    kind = serializers.ChoiceField(choices=_KINDS, required=False)
