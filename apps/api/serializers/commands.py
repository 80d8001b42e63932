"""Commands: the two bodies that give one, and the life of one."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import FloatField
from apps.commands.models import CommandRow, State
from apps.domain.commands import COMMANDS
from apps.journal.masking import masked

MAX_WAIT_S = 60
_ANSWERED = {
    State.ACCEPTED: "accepted",
    State.CONFIRMED: "accepted",
    State.NOT_CONFIRMED: "accepted",
    State.FAILED: "accepted",
    State.REJECTED: "rejected",
    State.ERROR: "error",
    State.TIMED_OUT: "timed_out",
    State.EXPIRED: "timed_out",
    State.SUPERSEDED: "timed_out",
}


class ErrorOut(serializers.Serializer):
    code = serializers.CharField()
    description = serializers.CharField()


class CommandOut(serializers.Serializer):
    id = serializers.IntegerField()
    station = serializers.CharField(source="identity")
    session = serializers.IntegerField(source="session_id", allow_null=True)
    command = serializers.CharField(source="name")
    parameters = serializers.SerializerMethodField()
    state = serializers.CharField(
        help_text="queued, sent, accepted, rejected, error, timed_out, confirmed, failed,"
        " not_confirmed, expired or superseded."
    )
    superseded_by = serializers.IntegerField(
        allow_null=True, help_text="The newer command that took its place before it was sent."
    )
    detail = serializers.CharField(help_text="The station's own word.")
    tries = serializers.JSONField(
        allow_null=True,
        help_text='Each call where it was not sent as given alone: {"ways", "answer"}.',
    )
    progress = serializers.CharField(
        help_text="Its last report of work that takes its time: firmware, an upload."
    )
    action = serializers.CharField(help_text="The OCPP call that carried it.")
    request = serializers.JSONField(allow_null=True)
    response = serializers.JSONField(allow_null=True)
    error = serializers.SerializerMethodField()
    actor = serializers.CharField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    observed = serializers.CharField(help_text="How the effect showed.")

    def get_parameters(self, row: CommandRow) -> dict[str, Any]:
        return masked(row.parameters)

    @extend_schema_field(ErrorOut(allow_null=True))
    def get_error(self, row: CommandRow) -> dict[str, str] | None:
        if row.state != State.ERROR:
            return None
        return {"code": row.error_code, "description": row.error_description}


class AnsweredOut(CommandOut):
    """A command that the station has answered, or that will get no answer any more."""

    status = serializers.SerializerMethodField()

    def get_status(self, row: CommandRow) -> str:
        """accepted, rejected, error or timed_out."""
        literal = (row.verbatim or {}).get("status")
        return str(literal) if literal else _ANSWERED[State(row.state)]


class CommandIn(serializers.Serializer):
    command = serializers.CharField(max_length=40, help_text=f"One of {', '.join(COMMANDS)}.")
    parameters = serializers.DictField(required=False, default=dict)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class CallIn(serializers.Serializer):
    action = serializers.CharField(max_length=64, help_text="As OCPP spells it.")
    payload = serializers.DictField(required=False, default=dict)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class CommandQuery(serializers.Serializer):
    station = serializers.CharField(required=False)
    command = serializers.CharField(required=False)
    state = serializers.CharField(required=False, help_text='A state, or "open", or "failed".')

    def validate_state(self, value: str) -> str:
        known = (*State.values, "open", "failed")
        if value not in known:
            raise serializers.ValidationError(f"One of {', '.join(known)} is needed.")
        return value


class WaitQuery(serializers.Serializer):
    wait = FloatField(
        required=False, default=0, min_value=0, max_value=MAX_WAIT_S,
        help_text="Seconds to wait for the station's answer.",
    )  # fmt: skip
