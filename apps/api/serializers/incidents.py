"""Incidents and maintenance."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import InstantField
from apps.incidents.causes import BY_NAME
from apps.incidents.models import Incident, State
from apps.incidents.selectors import CURRENT, SNOOZED
from apps.reconciliation.kind import Severity

_SEVERITIES = [severity.value for severity in Severity]


class IncidentOut(serializers.Serializer):
    id = serializers.IntegerField()
    cause = serializers.ChoiceField(choices=sorted(BY_NAME))
    location = serializers.CharField(source="location.name")
    title = serializers.CharField()
    action = serializers.CharField(help_text="The one next thing to do.")
    runbook = serializers.CharField(help_text="Its page is /runbooks/<name>/.")
    state = serializers.ChoiceField(choices=State.values)
    severity = serializers.ChoiceField(choices=_SEVERITIES)
    kinds = serializers.ListField(child=serializers.CharField(), help_text="Of its cases.")
    cases = serializers.IntegerField(help_text="Open ones, or as many as there were at its end.")
    stations = serializers.IntegerField()
    since = serializers.DateTimeField(source="since_at")
    opened_at = serializers.DateTimeField()
    acknowledged_by = serializers.CharField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    assignee = serializers.SerializerMethodField()
    snoozed_until = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField()
    reason = serializers.CharField()

    @extend_schema_field({"type": "string", "nullable": True})
    def get_assignee(self, one: Incident) -> str | None:
        return one.assignee.username if one.assignee else None


class IncidentQuery(serializers.Serializer):
    state = serializers.ChoiceField(required=False, choices=[*State.values, CURRENT, SNOOZED])
    cause = serializers.ChoiceField(required=False, choices=sorted(BY_NAME))
    severity = serializers.ChoiceField(required=False, choices=_SEVERITIES)
    location = serializers.CharField(required=False, help_text="The name of a site.")
    assignee = serializers.CharField(required=False, help_text="A user name.")


class AssignIn(serializers.Serializer):
    to = serializers.CharField(allow_null=True, help_text="A user name; null for nobody.")


class SnoozeIn(serializers.Serializer):
    until = InstantField()


class NoteIn(serializers.Serializer):
    text = serializers.CharField(max_length=200)


class CloseIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class MaintenanceOut(serializers.Serializer):
    id = serializers.IntegerField()
    location = serializers.CharField(source="location.name")
    station = serializers.SerializerMethodField()
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()
    planned_by = serializers.CharField()

    @extend_schema_field({"type": "string", "nullable": True})
    def get_station(self, planned: object) -> str | None:
        station = getattr(planned, "station", None)
        return station.identity if station else None


class MaintenanceIn(serializers.Serializer):
    location = serializers.CharField(help_text="The name of a site.")
    station = serializers.CharField(
        required=False, allow_null=True, default=None, help_text="Its identity; the whole site."
    )
    begins_at = InstantField()
    ends_at = InstantField()
    reason = serializers.CharField(max_length=200)
