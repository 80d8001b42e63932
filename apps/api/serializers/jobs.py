"""Jobs: one order for many stations, and what came of each."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import IntegerField
from apps.campaigns.models import Target
from apps.jobs.models import Job
from apps.jobs.selectors import STATES, shown_state
from apps.jobs.services import LONGEST_S, MOST, MOST_AT_ONCE

_STATES = "draft, running, stopped or done."
_ITEM = (
    "waiting, sent, reached, failed, spared (left out at its turn, or by a stop) or skipped"
    " (left out by the review)."
)


class StationsFilter(serializers.Serializer):
    """As the list of stations is filtered; {} is all of them."""

    q = serializers.CharField(required=False)
    state = serializers.CharField(required=False)
    connection = serializers.CharField(required=False)
    location = serializers.CharField(required=False)
    vendor = serializers.CharField(required=False)
    protocol = serializers.CharField(required=False)
    tag = serializers.CharField(required=False)
    group = serializers.CharField(required=False)


class JobIn(serializers.Serializer):
    """Exactly one of ``filter`` and ``stations``."""

    action = serializers.CharField(
        max_length=40,
        help_text="A command, or add_tag, remove_tag ({tag}), move_to_site ({location}).",
    )
    filter = StationsFilter(required=False)
    stations = serializers.ListField(
        child=serializers.CharField(max_length=48), required=False, min_length=1, max_length=MOST,
        help_text="Identities.",
    )  # fmt: skip
    parameters = serializers.DictField(required=False, default=dict)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    parallel = IntegerField(
        required=False, default=20, min_value=1, max_value=MOST_AT_ONCE,
        help_text="So many stations are under way at most.",
    )  # fmt: skip
    deadline_s = IntegerField(
        required=False, default=3600, min_value=60, max_value=LONGEST_S,
        help_text="Who could not be told for so long is given up.",
    )  # fmt: skip
    may_interrupt = serializers.BooleanField(
        required=False, default=False, help_text="Cars that charge are no reason to leave one out."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("filter" in attrs) == ("stations" in attrs):
            raise serializers.ValidationError("Give either 'filter' or 'stations'.")
        return attrs


class CountsOut(serializers.Serializer):
    total = serializers.IntegerField()
    eligible = serializers.IntegerField()
    waiting = serializers.IntegerField()
    sent = serializers.IntegerField()
    reached = serializers.IntegerField()
    failed = serializers.IntegerField()
    spared = serializers.IntegerField()
    skipped = serializers.IntegerField()


class JobOut(serializers.Serializer):
    """Context ``progress``: by job, for all jobs of the page."""

    id = serializers.IntegerField(source="pk")
    action = serializers.CharField()
    title = serializers.CharField(source="campaign.name")
    state = serializers.CharField(help_text=_STATES)
    parameters = serializers.DictField(allow_null=True)
    filter = serializers.CharField(source="query", help_text="Of the list that it was made from.")
    reason = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    parallel = serializers.IntegerField(source="campaign.at_once", allow_null=True)
    may_interrupt = serializers.BooleanField()
    deadline_s = serializers.IntegerField()
    deadline_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    counts = serializers.SerializerMethodField()

    @extend_schema_field(CountsOut)
    def get_counts(self, job: Job) -> dict[str, Any]:
        found = self.context["progress"][job.pk]
        told = {"total": found.total, "eligible": found.eligible, **found.by_state}
        return dict(CountsOut(told).data)


class ItemOut(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    station = serializers.CharField(source="station.identity")
    state = serializers.SerializerMethodField(help_text=_ITEM)
    problem = serializers.CharField(help_text="Why it was left out, or what went wrong.")
    command = serializers.IntegerField(source="command_id", allow_null=True)
    outcome = serializers.CharField(help_text="What its command came to; empty while it is open.")

    def get_state(self, item: Target) -> str:
        return shown_state(item.state, item.outcome)


class ItemQuery(serializers.Serializer):
    state = serializers.ChoiceField(required=False, choices=STATES)
