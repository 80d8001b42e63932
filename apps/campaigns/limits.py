"""Writes: how many targets of a campaign are under way at once, and when it stops by itself."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import groupby

from django.db.models import Count, Q

from apps.campaigns import life
from apps.campaigns.life import Life
from apps.campaigns.models import Campaign, Running, Target

_OPEN = Q(state__in=life.OPEN)


def with_room(waiting: Sequence[Target], page: Sequence[Target]) -> list[Target]:
    """Those that may go on now, who has begun before who has not; ``page``: all that are held.

    Nobody else sends to targets of the limited campaigns among them until the transaction ends.
    """
    limited = {target.campaign_id for target in waiting if target.campaign.at_once is not None}
    if not limited:
        return list(waiting)
    held = Campaign.objects.select_for_update(no_key=True).filter(pk__in=limited).order_by("pk")
    most = {campaign.pk: campaign.at_once for campaign in held}
    under_way = _under_way(limited, page)
    by_campaign = sorted(waiting, key=lambda t: (t.campaign_id, t.command_id is None, t.pk))
    beginning: list[Target] = []
    for key, group in groupby(by_campaign, key=lambda target: target.campaign_id):
        theirs = list(group)
        beginning += theirs[: life.room(most.get(key), under_way[key], len(theirs))]
    return beginning


def _under_way(limited: Collection[int], page: Sequence[Target]) -> Counter[int]:
    """By campaign: in the database, and as it is now in ``page``."""
    others = Target.objects.filter(campaign__in=limited, state=Life.SENT)
    counts = others.exclude(pk__in=[target.pk for target in page]).values_list("campaign")
    found = Counter(dict(counts.annotate(Count("pk")).order_by()))
    return found + Counter(target.campaign_id for target in page if target.state == Life.SENT)


def stop_where_too_many_failed(over: Collection[Target]) -> None:
    """Campaigns of these targets that have a rule to stop, and must."""
    ruled = {
        (target.campaign_id, target.turn_at): target.campaign
        for target in over
        if target.state == Life.FAILED and target.campaign.stop_pct is not None
    }
    if not ruled:
        return
    turns = Target.objects.filter(
        campaign__in={key for key, _ in ruled}, turn_at__in={turn_at for _, turn_at in ruled}
    )
    counts = turns.values_list("campaign", "turn_at").annotate(
        total=Count("pk"),
        settled=Count("pk", filter=~_OPEN),
        failed=Count("pk", filter=Q(state=Life.FAILED)),
    )
    stopping = [
        key
        for key, turn_at, total, settled, failed in counts.order_by()
        if _must_stop(ruled.get((key, turn_at)), total, settled, failed)
    ]
    Campaign.objects.filter(pk__in=stopping, state=Running.RUNNING).update(state=Running.STOPPED)


def _must_stop(campaign: Campaign | None, total: int, settled: int, failed: int) -> bool:
    if campaign is None or campaign.stop_pct is None:
        return False
    return life.must_stop(
        failed=failed,
        over=settled,
        total=total,
        at_once=campaign.at_once,
        stop_pct=campaign.stop_pct,
    )
