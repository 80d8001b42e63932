"""Reads: jobs of the actor's organisation, their progress, and what came of each station."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Actor
from apps.campaigns import life
from apps.campaigns.life import Life
from apps.campaigns.models import Target
from apps.commands.models import CommandRow
from apps.jobs.models import Job
from apps.jobs.orders import permission_of
from apps.jobs.services import INELIGIBLE
from ocpp_platform.scope import scoped

# What stations of a job are counted and filtered by, in the order of their life.
STATES = ("waiting", "sent", "reached", "failed", "spared", "skipped")


@dataclass(frozen=True, slots=True)
class Progress:
    """Stations of a job by ``STATES``; ``total`` is all of the list."""

    by_state: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def eligible(self) -> int:
        return self.total - self.by_state["skipped"]

    @property
    def over(self) -> int:
        """Of those that are eligible."""
        return self.eligible - self.by_state["waiting"] - self.by_state["sent"]

    @property
    def retriable(self) -> int:
        return self.by_state["failed"] + self.by_state["spared"]


def list_jobs(actor: Actor) -> QuerySet[Job]:
    """Of his organisation; who is limited to sites sees those with a station there.

    The newest first is the order of the key, backwards.
    """
    jobs = scoped(Job, actor).select_related("campaign")
    if actor.site_ids is None:
        return jobs
    return jobs.filter(Exists(scoped(Target, actor).filter(campaign=OuterRef("pk"))))


def get_job(actor: Actor, job_id: int) -> Job:
    """Job.DoesNotExist: also where it is somebody else's."""
    return list_jobs(actor).get(pk=job_id)


def may_order(actor: Actor, job: Job) -> bool:
    """Whether the actor may do what the job does, at each of its stations."""
    needed = permission_of(job.action)
    if needed is None or not actor.may(needed):
        return False
    if actor.site_ids is None:
        return True
    return not Target.objects.filter(campaign=job.pk).exclude(pk__in=_ids(actor, job)).exists()


def progress_of(actor: Actor, jobs: Collection[Job]) -> dict[int, Progress]:
    """By job, of the stations that the actor may see, in one query for all."""
    rows = scoped(Target, actor).filter(campaign__in=[job.pk for job in jobs]).order_by()
    counts: dict[int, Counter[str]] = {job.pk: Counter(dict.fromkeys(STATES, 0)) for job in jobs}
    grouped = rows.values_list("campaign", "state", "outcome").annotate(Count("pk"))
    for key, state, outcome, count in grouped:
        counts[key][shown_state(state, outcome)] += count
    return {key: Progress(found) for key, found in counts.items()}


def shown_state(state: str, outcome: str) -> str:
    """One of ``STATES``: what gave way failed; spared is who was left out at its turn."""
    if state == Life.SKIPPED:
        return "skipped" if outcome == INELIGIBLE else "spared"
    return "failed" if state == Life.SUPERSEDED else state


def list_items(actor: Actor, job: Job, state: str = "") -> QuerySet[Target]:
    """Its stations, as far as the actor may see them; ``state``: of ``STATES``, "" is any."""
    items = scoped(Target, actor).filter(campaign=job.pk).select_related("station__location")
    return items.filter(_in_state(state)) if state else items


def _ids(actor: Actor, job: Job) -> QuerySet[Target, int]:
    return list_items(actor, job).order_by().values_list("pk", flat=True)


def _in_state(state: str) -> Q:
    if state == "skipped":
        return Q(state=Life.SKIPPED, outcome=INELIGIBLE)
    if state == "spared":
        return Q(state=Life.SKIPPED) & ~Q(outcome=INELIGIBLE)
    if state == "failed":
        return Q(state__in=(Life.FAILED, Life.SUPERSEDED))
    return Q(state=state) if state in (*life.OPEN, Life.REACHED) else Q(pk__in=[])


def commands_of(items: Collection[Target]) -> Mapping[int, CommandRow]:
    """What was sent to them last, by its number, in one query."""
    keys = [item.command_id for item in items if item.command_id is not None]
    return CommandRow.objects.in_bulk(keys) if keys else {}
