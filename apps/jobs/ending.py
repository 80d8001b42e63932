"""Writes: jobs end when none of their stations is waited for, and give up at their deadline."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from apps.campaigns import life
from apps.campaigns.life import Life
from apps.campaigns.models import Running, Target
from apps.commands.models import State
from apps.jobs.models import Job
from apps.live.announce import announce_all

_TOO_LATE = "It could not be told before the deadline"


def end_finished(campaign_ids: Collection[int], now: datetime) -> None:
    """Those of these jobs with nobody left to wait for are over; pages hear how far all are."""
    left = Target.objects.filter(campaign=OuterRef("campaign"), state__in=life.OPEN)
    mine = Job.objects.filter(pk__in=campaign_ids)
    mine.filter(~Exists(left), ended_at=None, started_at__isnull=False).update(ended_at=now)
    told = mine.values_list("organisation_id", "pk")
    announce_all((whose, topic) for whose, pk in told for topic in ("jobs", f"job:{pk}"))


def give_up_late(now: datetime) -> None:
    """At the deadline nobody is waited for any more who was not told. Safe to run twice."""
    late = Job.objects.filter(
        deadline_at__lte=now, ended_at=None, campaign__state=Running.RUNNING
    ).values_list("pk", flat=True)
    keys = list(late.order_by("pk"))
    if not keys:
        return
    waiting = Target.objects.filter(campaign__in=keys, state=Life.WAITING)
    waiting.update(state=Life.FAILED, outcome=State.EXPIRED.value, problem=_TOO_LATE, next_at=None)
    end_finished(keys, now)
