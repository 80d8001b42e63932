"""Reads: campaigns of the actor's organisation, and how far they have come."""

from django.db.models import Exists, OuterRef, QuerySet

from apps.campaigns.audience import is_for
from apps.campaigns.kinds import Kind
from apps.campaigns.models import Campaign, Target
from apps.stations.models import Station
from ocpp_platform.scope import Insider, of_all_sites, scoped


def list_campaigns(actor: Insider, kind: type[Kind]) -> QuerySet[Campaign]:
    """Of whoever is limited to sites: what reaches no station elsewhere."""
    mine = scoped(Campaign, actor)
    if actor.site_ids is not None:
        members = Campaign.group.through.objects.filter(campaign_id=OuterRef("pk"))
        elsewhere = members.exclude(station__location_id__in=actor.site_ids)
        groups = of_all_sites(Campaign, actor).filter(is_of_group=True)
        mine |= groups.filter(Exists(members), ~Exists(elsewhere))
    return mine.filter(kind=kind.name).select_related("station")


def list_campaigns_for(actor: Insider, kind: type[Kind], station: Station) -> list[Campaign]:
    """Planned and past ones that reach a station, the next first; a hundred at most."""
    reaching = list_campaigns(actor, kind).filter(is_for(station)).distinct()
    return list(reaching.select_related("location").order_by("due_at", "-id")[:100])


def list_targets(campaign: Campaign) -> list[Target]:
    """The newest hundred that were told something, or could not be."""
    told = campaign.targets.exclude(command_id=None, outcome="").select_related("station")
    return list(told.order_by("-turn_at", "-id")[:100])
