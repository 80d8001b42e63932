"""Cases: what is not as it should be."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.members import check_belongs
from apps.api.serializers.fields import FloatField, InstantField, IntegerField
from apps.api.serializers.sessions import ReadingIn
from apps.reconciliation.kind import Resolution
from apps.reconciliation.kinds import KINDS, kind_of
from apps.reconciliation.life import Outcome, State
from apps.reconciliation.models import Case
from apps.reconciliation.selectors import UNSETTLED
from apps.sessions.deciding import MOST_WH

_STATES = [state.value for state in State]
_KINDS = sorted(KINDS)
_WAYS = [way.value for way in Resolution]
_BELONGS = {
    "energy_wh": frozenset({Resolution.ENERGY.value}),
    "reading": frozenset({Resolution.SET_ASIDE.value, Resolution.SPLIT.value}),
    "other": frozenset({Resolution.JOIN.value}),
}


class ProofOut(serializers.Serializer):
    text = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    link = serializers.CharField(help_text='"session", "parked", or "" for nothing to open.')
    key = serializers.IntegerField(allow_null=True, help_text="Its number.")


class SubjectOut(serializers.Serializer):
    """What a case is about; null where it is about no such thing."""

    station = serializers.CharField(source="station.identity")
    location = serializers.CharField(source="station.location.name")
    evse_id = serializers.IntegerField(allow_null=True)
    session = serializers.IntegerField(source="session_id", allow_null=True)


class CaseOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=_KINDS)
    title = serializers.SerializerMethodField()
    severity = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=_STATES)
    outcome = serializers.CharField(
        help_text=f"Once it is closed: {', '.join(Outcome)}; else empty."
    )
    subject = SubjectOut(source="*")
    since = serializers.DateTimeField(source="since_at")
    opened_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(
        source="deadline_at", allow_null=True, help_text="Until then time may settle it."
    )
    closed_at = serializers.DateTimeField(allow_null=True)
    evidence = ProofOut(many=True)
    proposal = serializers.SerializerMethodField()
    resolutions = serializers.SerializerMethodField()
    resolution = serializers.CharField(help_text="What a person did; else empty.")
    decided_by = serializers.CharField()
    reason = serializers.CharField()

    @extend_schema_field(serializers.CharField())
    def get_title(self, case: Case) -> str:
        return kind_of(case.kind).title

    @extend_schema_field(serializers.CharField(help_text="critical, major or minor."))
    def get_severity(self, case: Case) -> str:
        return kind_of(case.kind).severity

    @extend_schema_field(serializers.CharField())
    def get_proposal(self, case: Case) -> str:
        return kind_of(case.kind).proposal

    @extend_schema_field(
        serializers.ListField(
            child=serializers.CharField(), help_text="What whoever asks may do about it now."
        )
    )
    def get_resolutions(self, case: Case) -> list[str]:
        return [way.value for way in self.context["ways"][case.pk]]


class CaseQuery(serializers.Serializer):
    state = serializers.ChoiceField(required=False, choices=[*_STATES, UNSETTLED])
    kind = serializers.ChoiceField(required=False, choices=_KINDS)
    station = serializers.CharField(required=False, help_text="Its identity.")
    location = serializers.CharField(required=False, help_text="The name of a site.")
    session = IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    after = InstantField(required=False, help_text="Opened at or after this instant.")
    before = InstantField(required=False, help_text="Opened before this instant.")


class ResolveIn(serializers.Serializer):
    resolution = serializers.ChoiceField(choices=_WAYS)
    reason = serializers.CharField(max_length=200)
    energy_wh = FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=MOST_WH,
        help_text="Where its energy is decided.",
    )  # fmt: skip
    reading = ReadingIn(required=False, help_text="Which is set aside, or at which it is split.")
    other = IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="The session that is joined."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_belongs(attrs, attrs["resolution"], _BELONGS)
        return attrs
