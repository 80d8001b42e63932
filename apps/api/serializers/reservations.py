"""What stations hold for drivers."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import NumberField
from apps.reservations.life import CONNECTOR_TYPES, Life
from apps.reservations.models import Reservation


class ReservationIn(serializers.Serializer):
    token = serializers.CharField(max_length=36)
    token_type = serializers.CharField(
        max_length=20, required=False, help_text="Left out: as the token is registered."
    )
    group = serializers.CharField(
        max_length=36, required=False, help_text="May use it too. Left out: the token's own."
    )
    evse_id = NumberField(required=False)
    connector_type = serializers.ChoiceField(choices=CONNECTOR_TYPES, required=False)
    expires_at = serializers.CharField(max_length=40, help_text="RFC 3339, with its zone.")
    reason = serializers.CharField(required=False, default="", max_length=200)


class ReservationOut(serializers.Serializer):
    id = serializers.IntegerField()
    station = serializers.CharField(source="station.identity")
    evse_id = serializers.IntegerField(allow_null=True)
    connector_type = serializers.CharField()
    token = serializers.CharField(source="shown_token", help_text="••• for a code that is typed.")
    token_type = serializers.CharField(source="token_kind")
    group = serializers.CharField()
    state = serializers.ChoiceField(choices=[state.value for state in Life])
    detail = serializers.CharField(help_text="Why it was refused.")
    session = serializers.SerializerMethodField()
    actor = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_session(self, made: Reservation) -> int | None:
        return made.session_id


class ReservationQuery(serializers.Serializer):
    station = serializers.CharField(required=False)
    state = serializers.CharField(required=False, help_text='A state, or "open".')

    def validate_state(self, value: Any) -> Any:
        known = (*(state.value for state in Life), "open")
        if value not in known:
            raise serializers.ValidationError(f"One of {', '.join(known)} is needed.")
        return value
