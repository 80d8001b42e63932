"""Writes: a list of stations is frozen, reviewed, started, stopped, and tried again.

Each step holds the job's campaign, so that of two people, or two tabs, one is first. The targets
are made when the list is frozen; no later step makes another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.campaigns import services as campaigns
from apps.campaigns.advance import advance
from apps.campaigns.life import Life
from apps.campaigns.models import Campaign, Running, Target
from apps.domain.command import BadParameters
from apps.history.kinds import JOB_RETRIED, JOB_STARTED, JOB_STOPPED, Kind
from apps.history.services import record
from apps.jobs.ending import end_finished, give_up_late
from apps.jobs.kinds import COMMANDS, DEEDS, KINDS
from apps.jobs.models import Job
from apps.jobs.orders import DEEDS as DEED_NAMES
from apps.jobs.orders import order_of, title_of
from apps.jobs.review import why_not
from apps.stations.models import Station
from ocpp_platform import bulk
from ocpp_platform.keyset import pages
from ocpp_platform.scope import may_see_site, scoped

MOST = 10_000  # stations of one job
MOST_AT_ONCE = 1_000
LONGEST_S = 30 * 86_400
DRAFT_KEPT = timedelta(days=1)
INELIGIBLE = "ineligible"  # the outcome of targets that the review left out
_JUDGED = ("id", "state", "outcome", "problem")
_FROZEN = (
    "campaign_id", "station_id", "turn_at", "state", "attempts", "outcome", "problem",
)  # fmt: skip
_COLUMNS = (
    "action", "parameters", "reason", "may_interrupt", "deadline_s", "prepared_at", "started_at",
    "deadline_at", "ended_at", "actor_kind", "actor_id", "actor_label",
)  # fmt: skip


class NotNow(Exception):
    """The job is not where this step begins; the words are for people."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is done. ``at_once``: None is any number."""

    parameters: Mapping[str, Any]
    reason: str = ""
    may_interrupt: bool = False
    at_once: int | None = 20
    deadline_s: int = 3600


@transaction.atomic
def freeze(
    actor: Actor, stations: QuerySet[Station], action: str, *, query: str = "", now: datetime
) -> Job:
    """A draft for these stations, of which the actor may see all, and for no others ever.

    BadParameters where there are none or more than ``MOST``.
    """
    ids = list(stations.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not ids:
        raise BadParameters(["No station was chosen"])
    if len(ids) > MOST:
        raise BadParameters([f"A job has {MOST:,} stations at most: narrow the list"])
    campaign = Campaign.objects.create(
        organisation_id=actor.organisation_id, is_of_group=True, state=Running.DRAFT,
        kind=(DEEDS if action in DEED_NAMES else COMMANDS).name, name=title_of(action, None)[:100],
        actor=actor.label[:160], created_at=now,
    )  # fmt: skip
    with bulk.writes() as writes:
        rows = [(campaign.pk, key, now, Life.WAITING.value, 0, "", "") for key in ids]
        writes.insert(Target, _FROZEN, rows)
    return Job.objects.create(
        campaign=campaign, organisation_id=actor.organisation_id, action=action,
        query=query[:1000], created_at=now, **_doer(actor),
    )  # fmt: skip


@transaction.atomic
def prepare(job: Job, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Judge each station of the list. BadParameters with what is wrong with ``plan``; NotNow."""
    _hold(job, Running.DRAFT)
    order = order_of(job.action, plan.parameters, job.organisation_id)
    if problems := [*_problems(plan), *_out_of_reach(actor, plan)]:
        raise BadParameters(problems)
    job.parameters, job.reason = dict(plan.parameters), plan.reason[:200]
    job.may_interrupt, job.deadline_s = plan.may_interrupt, plan.deadline_s
    job.prepared_at = now
    name = title_of(job.action, job.parameters)[:100]
    Campaign.objects.filter(pk=job.pk).update(at_once=plan.at_once, name=name)
    job.campaign.at_once, job.campaign.name = plan.at_once, name
    mine = set(scoped(Station, actor).filter(pk__in=_ids(job)).values_list("pk", flat=True))
    for page in pages(job.campaign.targets.select_related("station"), MOST):
        lacking = why_not(
            [target.station for target in page if target.station_id in mine], order,
            may_interrupt=plan.may_interrupt, organisation_id=job.organisation_id,
        )  # fmt: skip
        _judge(page, lacking, mine)
    _keep(job, actor)


@transaction.atomic
def start(job: Job, *, actor: Actor, now: datetime) -> None:
    """It runs from now on, for those whom the review found fit. NotNow."""
    _hold(job, Running.DRAFT)
    if job.prepared_at is None:
        raise NotNow("It has to be reviewed first.")
    if now - job.created_at > DRAFT_KEPT:
        raise NotNow("This list was made more than a day ago: choose the stations anew.")
    fit = job.campaign.targets.filter(state=Life.WAITING).count()
    if not fit:
        raise NotNow("No station of the list can be told this.")
    job.started_at, job.deadline_at = now, now + timedelta(seconds=job.deadline_s)
    Campaign.objects.filter(pk=job.pk).update(state=Running.RUNNING, actor=actor.label[:160])
    job.campaign.state = Running.RUNNING
    _keep(job, actor)
    _record(JOB_STARTED, job, actor, {"stations": fit})
    end_finished([job.pk], now)


@transaction.atomic
def stop(job: Job, *, actor: Actor, now: datetime) -> int:
    """Who was not told is spared; how many. What was sent is followed to its end. NotNow."""
    _hold(job, Running.RUNNING)
    if job.ended_at is not None:
        raise NotNow("It is over: there is nothing to stop.")
    spared = campaigns.stop(job.campaign, f"Stopped by {actor.label} before it was told", now=now)
    _record(JOB_STOPPED, job, actor, {"spared": spared})
    end_finished([job.pk], now)
    return spared


@transaction.atomic
def retry(job: Job, *, actor: Actor, now: datetime) -> int:
    """What failed or was spared is done again, until a new deadline; how many. NotNow."""
    _hold(job, Running.RUNNING, Running.STOPPED)
    count = campaigns.try_again(job.campaign)
    if not count:
        raise NotNow("Nothing failed: there is nothing to try again.")
    job.deadline_at, job.ended_at = now + timedelta(seconds=job.deadline_s), None
    Job.objects.filter(pk=job.pk).update(deadline_at=job.deadline_at, ended_at=None)
    _record(JOB_RETRIED, job, actor, {"stations": count})
    end_finished([job.pk], now)
    return count


def go_on(*, now: datetime) -> int:
    """By the clock: all that can move, in all jobs; how many commands were queued."""
    give_up_late(now)
    return sum(advance(kind, now=now) for kind in KINDS)


def _hold(job: Job, *states: Running) -> None:
    """Nobody else changes it until the transaction ends; ``job`` as it is now. NotNow."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=job.pk)
    job.refresh_from_db()
    job.campaign = campaign
    if campaign.state not in states:
        raise NotNow(_ELSEWHERE[Running(campaign.state)])


_ELSEWHERE = {
    Running.DRAFT: "It has not been started.",
    Running.RUNNING: "It was started already.",
    Running.STOPPED: "It was stopped already.",
    Running.PAUSED: "It is paused.",
}


def _problems(plan: Plan) -> Collection[str]:
    problems = []
    if plan.at_once is not None and not 1 <= plan.at_once <= MOST_AT_ONCE:
        problems.append(f"'parallel' is a whole number from 1 to {MOST_AT_ONCE}")
    if not 60 <= plan.deadline_s <= LONGEST_S:
        problems.append(f"'deadline_s' is a whole number from 60 to {LONGEST_S}")
    return problems


def _out_of_reach(actor: Actor, plan: Plan) -> list[str]:
    """Who is limited to sites moves stations only among these."""
    site = plan.parameters.get("location")
    is_there = type(site) is not int or may_see_site(actor, site)
    return [] if is_there else ["It is not one of your sites"]


def _ids(job: Job) -> QuerySet[Target, int]:
    return job.campaign.targets.values_list("station_id", flat=True)


def _judge(page: Collection[Target], lacking: Mapping[int, str], mine: Collection[int]) -> None:
    rows = []
    for target in page:
        why = lacking.get(target.station_id, "")
        if target.station_id not in mine:
            why = "You may not act on it"
        stands = Life.SKIPPED if why else Life.WAITING
        rows.append((target.pk, str(stands), INELIGIBLE if why else "", why))
    with bulk.writes() as writes:
        writes.update(Target, _JUDGED, rows)


def _doer(actor: Actor) -> dict[str, Any]:
    return {
        "actor_kind": actor.actor_kind, "actor_id": actor.pk, "actor_label": actor.label[:160]
    }  # fmt: skip


def _keep(job: Job, actor: Actor) -> None:
    for name, value in _doer(actor).items():
        setattr(job, name, value)
    job.save(update_fields=_COLUMNS)


def _record(kind: Kind, job: Job, actor: Actor, details: dict[str, Any]) -> None:
    said = {"action": job.action, "parameters": job.parameters, **details}
    record(
        kind, actor=actor, organisation_id=job.organisation_id,
        subject=(job.pk, job.campaign.name), reason=job.reason, details=said,
    )  # fmt: skip
