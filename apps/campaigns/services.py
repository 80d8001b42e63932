"""Writes: campaigns are planned, paused, resumed and called off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.campaigns import calendar, life
from apps.campaigns.audience import Audience
from apps.campaigns.kinds import REFUSED, Kind
from apps.campaigns.models import Campaign, Running
from apps.commands.expiry import withdraw
from apps.domain.command import BadParameters


@dataclass(frozen=True, slots=True)
class Time:
    """When a campaign begins, whether it recurs (by whose clock), and how long commands wait."""

    due_at: datetime
    every: str = calendar.ONCE
    timezone: str = "UTC"
    expires_s: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """``at_once``: so many targets are under way at most; ``stop_pct``: see ``Campaign``."""

    at_once: int | None = None
    stop_pct: int | None = None


AT_ANY_PACE = Pace()
STOPPED = "stopped"  # the outcome of targets that a stop has spared


@transaction.atomic
def plan_campaign(
    *,
    organisation_id: int,
    kind: Kind,
    name: str,
    parameters: dict[str, Any],
    audience: Audience,
    time: Time,
    actor: str,
    now: datetime,
    pace: Pace = AT_ANY_PACE,
    problems: Iterable[str] = (),
) -> Campaign:
    """BadParameters with what is wrong with its time, and ``problems``, which its kind found."""
    wrong = [*problems, *calendar.problems(time.due_at, time.every, time.timezone, now)]
    if wrong:
        raise BadParameters(wrong)
    campaign = Campaign.objects.create(
        organisation_id=organisation_id, kind=kind.name, name=name, parameters=parameters,
        station=audience.station, location=audience.location,
        is_of_group=audience.group is not None, due_at=time.due_at, every=time.every,
        timezone=time.timezone, expires_s=time.expires_s, at_once=pace.at_once,
        stop_pct=pace.stop_pct, actor=actor, created_at=now,
    )  # fmt: skip
    campaign.group.set(audience.group or ())
    return campaign


def pause(campaign: Campaign) -> None:
    """Nothing more goes out until it is resumed; what is in the outbox stays there."""
    _change(campaign, Running.PAUSED, while_=Running.RUNNING)


def resume(campaign: Campaign) -> None:
    """It goes on where it was paused, or stopped by its rule."""
    _change(campaign, Running.RUNNING, while_=campaign.state)


@transaction.atomic
def call_off(campaign: Campaign) -> bool:
    """It is never due again; what is in the outbox already stays there. No where nothing was left
    to call off.
    """
    due = Campaign.objects.filter(pk=campaign.pk, due_at__isnull=False)
    stopped = due.update(due_at=None)
    spared, _ = campaign.targets.filter(state=life.Life.WAITING, attempts=0).delete()
    return bool(stopped or spared)


@transaction.atomic
def stop(campaign: Campaign, why: str, *, now: datetime) -> int:
    """Nothing more goes out, what is in the outbox neither; how many targets are spared.

    What was sent already is followed to its end. ``why``: what is said of those that were spared.
    """
    _change(campaign, Running.STOPPED, while_=Running.RUNNING)
    held = campaign.targets.select_for_update(of=("self",)).filter(state__in=life.OPEN)
    sent = {t.command_id: t.pk for t in held.order_by("pk") if t.state == life.Life.SENT}
    back = withdraw([key for key in sent if key is not None], why, now=now)
    spared = Q(state=life.Life.WAITING) | Q(pk__in=[sent[key] for key in back])
    return campaign.targets.filter(spared).update(
        state=life.Life.SKIPPED, outcome=STOPPED, problem=why, next_at=None
    )


@transaction.atomic
def try_again(campaign: Campaign) -> int:
    """What failed, gave way, or was spared (at its turn, by a stop) waits anew; how many."""
    wrong = Q(state__in=(life.Life.FAILED, life.Life.SUPERSEDED))
    spared = Q(state=life.Life.SKIPPED, outcome__in=(STOPPED, REFUSED))
    held = campaign.targets.filter(wrong | spared)
    count = held.update(
        state=life.Life.WAITING, attempts=0, command_id=None, outcome="", problem="", next_at=None
    )
    if count:
        _change(campaign, Running.RUNNING, while_=campaign.state)
    return count


def _change(campaign: Campaign, state: Running, *, while_: str) -> None:
    if Campaign.objects.filter(pk=campaign.pk, state=while_).update(state=state):
        campaign.state = state
