"""Messages of the journal: a call and its answer, as JSON where they are JSON."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import InstantField
from apps.journal.models import Message
from apps.journal.reading import value_of


class MessageOut(serializers.Serializer):
    """Context ``identities``: station ids of the page to their identities."""

    id = serializers.IntegerField()
    station = serializers.SerializerMethodField()
    session = serializers.IntegerField(source="session_id", allow_null=True)
    command = serializers.IntegerField(source="command_id", allow_null=True)
    at = serializers.DateTimeField()
    direction = serializers.CharField(help_text='"in" is from the station, "out" to it.')
    action = serializers.CharField()
    message_id = serializers.CharField()
    payload = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()
    result = serializers.CharField(
        help_text="ok, error, timed_out, waiting, malformed, repeated or refused."
    )
    error_code = serializers.CharField()
    notes = serializers.CharField()
    latency_ms = serializers.FloatField(allow_null=True)

    @extend_schema_field({"type": "string", "nullable": True})
    def get_station(self, message: Message) -> str | None:
        """None where the station has been removed."""
        return self.context["identities"].get(message.station_id)

    @extend_schema_field(OpenApiTypes.ANY)
    def get_payload(self, message: Message) -> Any:
        return value_of(message.payload)

    @extend_schema_field(OpenApiTypes.ANY)
    def get_answer(self, message: Message) -> Any:
        return value_of(message.answer)


class MessageQuery(serializers.Serializer):
    station = serializers.CharField(required=False, help_text="Its identity.")
    action = serializers.CharField(required=False)
    direction = serializers.ChoiceField(required=False, choices=("in", "out"))
    after = InstantField(required=False, help_text="At or after this instant.")
    before = InstantField(required=False, help_text="Before this instant.")
