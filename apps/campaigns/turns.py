"""Writes: a turn of a campaign begins, and every station that it is for becomes a target."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.campaigns import calendar
from apps.campaigns.audience import stations_of
from apps.campaigns.models import Campaign, Running, Target
from apps.stations.models import Station
from ocpp_platform.keyset import pages


def begin_due(kind: str, *, now: datetime) -> None:
    """The turns of this kind that are due. Safe to run twice, and at once."""
    due = Campaign.objects.filter(kind=kind, state=Running.RUNNING, due_at__lte=now)
    for page in pages(due):
        for campaign in page:
            _begin(campaign, campaign.due_at, now)


def _begin(campaign: Campaign, turn_at: datetime, now: datetime) -> None:
    """Page by page; the turn has begun when all of its stations are targets of it."""
    for page in pages(_missing(campaign, turn_at).only("pk")):
        made = [Target(campaign=campaign, station=station, turn_at=turn_at) for station in page]
        with transaction.atomic():
            Target.objects.bulk_create(made, ignore_conflicts=True)
    following = calendar.next_due(turn_at, campaign.every, campaign.timezone, now)
    Campaign.objects.filter(pk=campaign.pk, due_at=turn_at).update(due_at=following)


def _missing(campaign: Campaign, turn_at: datetime) -> QuerySet[Station]:
    mine = Target.objects.filter(campaign=campaign, station_id=OuterRef("pk"), turn_at=turn_at)
    return stations_of(campaign).filter(~Exists(mine))
