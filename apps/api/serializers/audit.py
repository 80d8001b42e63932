"""What was done, and by whom."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import InstantField
from apps.audit.selectors import DOERS, EVERYBODY, Entry
from apps.history.kinds import KINDS
from apps.history.models import Fact


class ThingOut(serializers.Serializer):
    """``name`` is that of the time; ``id`` may be of what is gone."""

    kind = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()


class AuditOut(serializers.Serializer):
    """Of facts. Context ``entries``: those of the page by their keys, with what came of them."""

    id = serializers.IntegerField(source="fact.pk")
    at = serializers.DateTimeField(source="fact.at")
    kind = serializers.CharField(source="fact.kind")
    subject = serializers.SerializerMethodField()
    station = serializers.SerializerMethodField()
    session = serializers.IntegerField(source="fact.session_id", allow_null=True)
    actor = serializers.SerializerMethodField()
    reason = serializers.CharField(source="fact.reason")
    changes = serializers.DictField(help_text="{field: [before, after]}")
    details = serializers.DictField()
    answer = serializers.SerializerMethodField(
        help_text="Of a command: its state now; null where it is none, or no longer kept."
    )

    def to_representation(self, fact: Fact) -> dict[str, Any]:
        return super().to_representation(self.context["entries"][fact.pk])

    @extend_schema_field(ThingOut)
    def get_subject(self, entry: Entry) -> dict[str, Any]:
        fact = entry.fact
        return {"kind": fact.subject_kind, "id": fact.subject_id, "name": fact.subject_label}

    @extend_schema_field({"type": "string", "nullable": True})
    def get_station(self, entry: Entry) -> str | None:
        """None where there is none, or it has been removed."""
        return entry.station or None

    @extend_schema_field(ThingOut)
    def get_actor(self, entry: Entry) -> dict[str, Any]:
        fact = entry.fact
        return {"kind": fact.actor_kind, "id": fact.actor_id, "name": fact.actor_label}

    @extend_schema_field({"type": "string", "nullable": True})
    def get_answer(self, entry: Entry) -> str | None:
        return str(entry.command.state) if entry.command else None


class AuditQuery(serializers.Serializer):
    by = serializers.ChoiceField(
        required=False, choices=[*DOERS, EVERYBODY], help_text="Without: all but the clock."
    )
    who = serializers.CharField(required=False, help_text="Part of the name of a person or key.")
    kind = serializers.ChoiceField(required=False, choices=sorted(KINDS))
    station = serializers.CharField(required=False, help_text="Its identity.")
    q = serializers.CharField(
        required=False, help_text="Part of the name of what it was done to, or of the reason."
    )
    after = InstantField(required=False, help_text="At or after this instant.")
    before = InstantField(required=False, help_text="Before this instant.")
