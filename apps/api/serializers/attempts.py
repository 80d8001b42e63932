"""Attempts that came to nothing."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import InstantField
from apps.attempts.attempt import Attempt, Outcome

_OUTCOMES = [outcome.value for outcome in Outcome]


class AttemptOut(serializers.Serializer):
    """Context ``identities``: station ids of the page to their identities."""

    id = serializers.CharField()
    at = serializers.DateTimeField()
    station = serializers.SerializerMethodField()
    evse_id = serializers.IntegerField(allow_null=True)
    token = serializers.CharField(help_text="••• for a code that is typed.")
    outcome = serializers.ChoiceField(choices=_OUTCOMES)
    reason = serializers.CharField()
    session = serializers.IntegerField(source="session_id", allow_null=True)
    command = serializers.IntegerField(source="command_id", allow_null=True)

    @extend_schema_field({"type": "string", "nullable": True})
    def get_station(self, attempt: Attempt) -> str | None:
        """None where the station has been removed."""
        return self.context["identities"].get(attempt.station_id)


class AttemptQuery(serializers.Serializer):
    token = serializers.CharField(required=False, help_text="As printed on the card, too.")
    station = serializers.CharField(required=False, help_text="Its identity.")
    location = serializers.CharField(required=False, help_text="The name of a site.")
    outcome = serializers.ChoiceField(required=False, choices=_OUTCOMES)
    after = InstantField(required=False, help_text="At or after this instant.")
    before = InstantField(required=False, help_text="Before this instant.")
