"""Writes: campaigns that never end. Their stations are targets again whenever they need it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Organisation
from apps.campaigns import life
from apps.campaigns.kinds import Kind
from apps.campaigns.life import Life
from apps.campaigns.models import Campaign, Target
from apps.commands.models import CommandRow


@transaction.atomic
def campaign_of(organisation_id: int, kind: Kind, *, name: str, now: datetime) -> Campaign:
    """The one of this kind that the organisation has; ``name``: who gives its commands."""
    mine = Campaign.objects.filter(organisation_id=organisation_id, kind=kind.name)
    found = mine.first()
    if found is None:
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        found = mine.first() or Campaign.objects.create(
            organisation_id=organisation_id, kind=kind.name, name=name, actor=name, created_at=now
        )
    return found


@transaction.atomic
def want(campaign: Campaign, station_ids: Collection[int]) -> None:
    """These stations are targets from their first step on, unless they are already."""
    _make(campaign, station_ids)
    over = campaign.targets.filter(station_id__in=station_ids).exclude(state__in=life.OPEN)
    over.update(state=Life.WAITING, attempts=0, next_at=None)


@transaction.atomic
def adopt(campaign: Campaign, row: CommandRow) -> None:
    """A command that somebody gave by hand counts as the target's own; it has its answer."""
    _make(campaign, [row.station_id])
    mine = campaign.targets.filter(station_id=row.station_id).exclude(command_id=row.pk)
    sent = {"state": Life.SENT, "command_id": row.pk, "next_at": None}
    if not mine.filter(state=Life.WAITING).update(attempts=F("attempts") + 1, **sent):
        mine.exclude(state=Life.SENT).update(attempts=1, **sent)


def _make(campaign: Campaign, station_ids: Collection[int]) -> None:
    Target.objects.bulk_create(
        [
            Target(campaign=campaign, station_id=station_id, turn_at=campaign.created_at)
            for station_id in station_ids
        ],
        ignore_conflicts=True,
    )
