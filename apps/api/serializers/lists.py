"""Local lists, held against what they should hold."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.lists.models import Scope
from apps.lists.selectors import ListState


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
    retry_at = serializers.DateTimeField(allow_null=True)

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
