"""What stations hold for drivers: local lists and reservations; and what rules their tokens."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import NumberField
from apps.lists.models import Scope
from apps.lists.selectors import ListState
from apps.reservations.life import CONNECTOR_TYPES, Life
from apps.reservations.models import Reservation


class TokenPolicyFields(serializers.Serializer):
    """What holds for all tokens of the organisation."""

    max_sessions = NumberField(
        required=False, allow_null=True, help_text="Of one token at once; null is any number."
    )
    master_pass_group = serializers.CharField(
        max_length=36, allow_blank=True, required=False,
        help_text="Tokens of this group stop sessions and never start one.",
    )  # fmt: skip

    def validate_max_sessions(self, value: int | None) -> int | None:
        if value is not None and value > 32767:
            raise serializers.ValidationError("At most 32767.")
        return value


class ListPolicyFields(serializers.Serializer):
    """What the stations of the organisation should hold."""

    scope = serializers.ChoiceField(
        choices=Scope.choices, required=False, help_text="chosen: tokens that are is_listed."
    )
    is_automatic = serializers.BooleanField(
        required=False, help_text="Stations that are online are sent what they lack."
    )


class LocalListOut(serializers.Serializer):
    """``missing`` and ``surplus`` are null while it is not known what the station holds."""

    is_supported = serializers.BooleanField(source="row.is_supported", allow_null=True)
    is_current = serializers.BooleanField()
    is_under_way = serializers.BooleanField(source="is_busy")
    version_sent = serializers.IntegerField(source="row.version")
    version_held = serializers.IntegerField(source="row.version_held", allow_null=True)
    held = serializers.SerializerMethodField()
    wanted = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()
    surplus = serializers.SerializerMethodField()
    left_out = serializers.IntegerField(help_text="Wanted, but more than the station can hold.")
    answer = serializers.CharField(source="row.answer", help_text="The station's last word.")
    answered_at = serializers.DateTimeField(source="row.answered_at", allow_null=True)
    retry_at = serializers.DateTimeField(source="row.retry_at", allow_null=True)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_held(self, state: ListState) -> int | None:
        return None if state.row.held is None else len(state.row.held)

    def get_wanted(self, state: ListState) -> int:
        return len(state.wanted)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_missing(self, state: ListState) -> int | None:
        return None if state.missing is None else len(state.missing)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_surplus(self, state: ListState) -> int | None:
        return None if state.surplus is None else len(state.surplus)


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
