"""How new stations come into service, and the certificates that they were issued."""

from typing import Any

from rest_framework import serializers

from apps.api.serializers.fields import InstantField, Item, NumberField
from apps.onboarding import steps
from apps.onboarding.models import StepState, Unknown
from apps.onboarding.recipe import MOST_STEPS

STATES = ("none", "waiting", "running", "failed", "done", "renewing")
_LONGEST_S = 7 * 86_400


class StepFields(Item):
    """``name``: set_setting, set_password, or a command that may be given before acceptance."""

    name = serializers.ChoiceField(choices=sorted(steps.STEPS))
    parameters = serializers.DictField(required=False, default=dict)
    must_succeed = serializers.BooleanField(required=False, default=True)


class PolicyFields(serializers.Serializer):
    """The body of PATCH; ``steps`` replaces all of them."""

    unknown = serializers.ChoiceField(
        choices=Unknown.choices, required=False, help_text="Stations that are not registered."
    )
    most_held = NumberField(required=False, help_text="How many of them may wait at once.")
    heartbeat_interval_s = NumberField(required=False, allow_null=True)
    retry_interval_s = NumberField(
        required=False, allow_null=True, help_text="Told to a station that is held."
    )
    renews_certificates = serializers.BooleanField(
        required=False, help_text="An ended or a maker's certificate opens a socket, to be renewed."
    )
    renew_before_d = NumberField(
        required=False, allow_null=True, help_text="Null: certificates are renewed by hand."
    )
    steps = serializers.ListField(child=StepFields(), required=False, max_length=MOST_STEPS)

    def validate_most_held(self, value: int) -> int:
        return _within(value, 0, 10_000)

    def validate_renew_before_d(self, value: int | None) -> int | None:
        return value if value is None else _within(value, 1, 3650)

    def validate_heartbeat_interval_s(self, value: int | None) -> int | None:
        return value if value is None else _within(value, 1, _LONGEST_S)

    def validate_retry_interval_s(self, value: int | None) -> int | None:
        return value if value is None else _within(value, 1, _LONGEST_S)


class SetupStepOut(serializers.Serializer):
    position = serializers.IntegerField()
    name = serializers.CharField()
    parameters = serializers.DictField()
    must_succeed = serializers.BooleanField()
    state = serializers.ChoiceField(choices=[state.value for state in StepState])
    detail = serializers.CharField()
    command = serializers.IntegerField(source="command_id", allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class SetupOut(serializers.Serializer):
    station = serializers.CharField(source="station.identity")
    state = serializers.ChoiceField(choices=STATES)
    reason = serializers.CharField(source="setup.reason")
    started_at = serializers.DateTimeField(source="setup.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="setup.finished_at", allow_null=True)
    steps = SetupStepOut(many=True)


class DecisionIn(serializers.Serializer):
    """What else is given is refused: a decision is not made by mistake."""

    reason = serializers.CharField(max_length=200, help_text="Kept in the audit trail.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(f"Unknown: {', '.join(unknown)[:100]}.")
        return attrs


class AcceptIn(DecisionIn):
    location = serializers.CharField(
        required=False, max_length=100, help_text="By its name; made when there is none."
    )


class HeldOut(serializers.Serializer):
    identity = serializers.CharField()
    vendor = serializers.CharField()
    model = serializers.CharField()
    serial_number = serializers.CharField()
    connected = serializers.BooleanField(source="is_connected")
    ip = serializers.CharField()
    has_password = serializers.SerializerMethodField()
    first_seen_at = serializers.DateTimeField(source="registered_at")

    def get_has_password(self, station: Any) -> bool:
        return bool(station.password_digest)


class CertificateOut(serializers.Serializer):
    id = serializers.IntegerField()
    station = serializers.CharField(source="station.identity")
    kind = serializers.ChoiceField(choices=["station", "v2g"])
    subject = serializers.CharField()
    serial_number = serializers.CharField()
    fingerprint = serializers.CharField(help_text="SHA-256.")
    not_before = serializers.DateTimeField()
    not_after = serializers.DateTimeField()
    issued_at = serializers.DateTimeField()
    is_accepted = serializers.BooleanField(allow_null=True, help_text="Null: no answer yet.")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_because = serializers.CharField()
    chain = serializers.CharField(help_text="PEM, leaf first, without the root.")


class CertificateQuery(serializers.Serializer):
    station = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=["station", "v2g"], required=False)
    revoked = serializers.BooleanField(required=False, allow_null=True, default=None)
    ends_before = InstantField(required=False)


class RevokeIn(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


def _within(value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise serializers.ValidationError(f"From {least} to {most}.")
    return value
