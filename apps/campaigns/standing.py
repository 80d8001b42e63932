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


def campaign_of(
    organisation_id: int, kind: Kind, *, name: str, now: datetime, expires_s: int | None = None
) -> Campaign:
    """The one of this kind that the organisation has; ``name``: who gives its commands."""
    mine = Campaign.objects.filter(organisation_id=organisation_id, kind=kind.name)
    found = mine.first()
    if found is not None:
        return found
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        return mine.first() or Campaign.objects.create(
            organisation_id=organisation_id, kind=kind.name, name=name, actor=name,
            expires_s=expires_s, created_at=now,
        )  # fmt: skip


def want(campaign: Campaign, station_ids: Collection[int], *, anew: bool = False) -> None:
    """These stations are targets from their first step on, unless they are already.

    ``anew``: what they were sent before counts no more.
    """
    _make(campaign, station_ids)
    theirs = campaign.targets.filter(station_id__in=station_ids)
    resting = theirs if anew else theirs.exclude(state__in=life.OPEN)
    resting.update(state=Life.WAITING, attempts=0, command_id=None, outcome="", next_at=None)


def release(kind: Kind, station_ids: Collection[int]) -> None:
    """These stations are targets no more; what is in the outbox already stays there."""
    Target.objects.filter(campaign__kind=kind.name, station_id__in=station_ids).delete()


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
