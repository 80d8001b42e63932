"""What is told of one session: what was unusual, what happened, who stopped it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.sessions import SessionOut
from apps.sessions.models import Session
from apps.telling.refs import Kind, Ref
from apps.telling.selectors import Telling
from apps.telling.stopping import By


class RecordedOut(serializers.Serializer):
    """A recorded thing that is neither a message nor a sample."""

    kind = serializers.ChoiceField(choices=[k.value for k in Kind])
    id = serializers.IntegerField()
    at = serializers.DateTimeField()


class EvidenceOut(serializers.Serializer):
    """One of the three."""

    message = serializers.IntegerField(required=False, help_text="Its id in the journal.")
    sample = serializers.DateTimeField(required=False, help_text="Its instant.")
    event = RecordedOut(required=False)

    def to_representation(self, instance: Ref) -> dict[str, Any]:
        if instance.kind is Kind.MESSAGE:
            return {"message": instance.key}
        if instance.kind is Kind.SAMPLE:
            return {"sample": serializers.DateTimeField().to_representation(instance.at)}
        return {"event": RecordedOut({"kind": instance.kind.value, "id": instance.key,
                                   "at": instance.at}).data}  # fmt: skip


class FindingOut(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    advice = serializers.CharField()
    evidence = EvidenceOut(many=True)


class MomentOut(serializers.Serializer):
    at = serializers.DateTimeField()
    text = serializers.CharField()
    detail = serializers.CharField()
    evidence = EvidenceOut(many=True)


class DoubtOut(serializers.Serializer):
    """A value of the meter that is not believed, or is odd and ``counts``, in Wh, or W of a power;
    null where it could not be understood: ``why`` says what was sent."""

    at = serializers.DateTimeField()
    what = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    why = serializers.CharField()
    counts = serializers.BooleanField()


class StopOut(serializers.Serializer):
    """``name``: the person or program; ``how``: card, limit, reset …"""

    how = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    evidence = EvidenceOut(many=True)


class ToldSessionOut(SessionOut):
    """Context ``telling`` beside ``now``."""

    diagnosis = serializers.SerializerMethodField()
    story = serializers.SerializerMethodField()
    stopped_by = serializers.SerializerMethodField()
    stopped = serializers.SerializerMethodField()
    disbelieved = serializers.SerializerMethodField()

    @extend_schema_field(FindingOut(many=True))
    def get_diagnosis(self, _session: Session) -> Any:
        """Most serious first."""
        return FindingOut(self._telling.findings, many=True).data

    @extend_schema_field(MomentOut(many=True))
    def get_story(self, _session: Session) -> Any:
        """Oldest first."""
        return MomentOut(self._telling.moments, many=True).data

    @extend_schema_field(serializers.ChoiceField(choices=[b.value for b in By], allow_null=True))
    def get_stopped_by(self, _session: Session) -> str | None:
        """None while it goes on."""
        stop = self._telling.stop
        return stop.by.value if stop else None

    @extend_schema_field(StopOut(allow_null=True))
    def get_stopped(self, _session: Session) -> Any:
        stop = self._telling.stop
        return StopOut(stop).data if stop else None

    @extend_schema_field(DoubtOut(many=True))
    def get_disbelieved(self, _session: Session) -> Any:
        """Oldest first."""
        evidence = self._telling.evidence
        odd = [doubt._asdict() for doubt in evidence.doubts]
        odd += [
            {"at": one.at, "what": one.what, "value": None, "why": one.why, "counts": False}
            for one in evidence.unread
        ]
        return DoubtOut(sorted(odd, key=lambda one: one["at"]), many=True).data

    @property
    def _telling(self) -> Telling:
        telling: Telling = self.context["telling"]
        return telling
