"""Two kinds of campaign: commands that go out to stations, and deeds done to their rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.db.models import Q

from apps.campaigns.kinds import Kind, Over, Send
from apps.campaigns.models import Target
from apps.control.many import completed
from apps.domain.command import BadParameters
from apps.domain.commands import Command
from apps.history.doers import Named
from apps.jobs.ending import end_finished
from apps.jobs.models import Job
from apps.jobs.orders import Deed, order_of
from apps.jobs.review import BUSY, lasts_until, why_not
from apps.lists.services import purpose_of

_PAGE_ROWS = 200
Said = Send | Over


class JobOrders(Kind):
    """What both have in common: the targets of a page, job by job."""

    page_rows = _PAGE_ROWS

    def choose(self, targets: Sequence[Target], now: datetime) -> Mapping[int, Said]:
        jobs = Job.objects.in_bulk({target.campaign_id for target in targets})
        chosen: dict[int, Said] = {}
        for key, group in groupby(sorted(targets, key=_by_campaign), key=lambda t: t.campaign_id):
            chosen |= _decided(jobs[key], list(group), now)
        return chosen

    def follow(self, over: Sequence[Target], now: datetime) -> None:
        end_finished({target.campaign_id for target in over}, now)


class JobCommands(JobOrders):
    """Those that are away are waited for. One try each: people try again what failed."""

    name = "job"
    can_hear = Q(station__is_connected=True)


class JobDeeds(JobOrders):
    """They need nobody's answer."""

    name = "job_deed"


COMMANDS, DEEDS = JobCommands(), JobDeeds()
KINDS: tuple[JobOrders, ...] = (COMMANDS, DEEDS)


def _by_campaign(target: Target) -> tuple[int, int]:
    return target.campaign_id, target.pk


def _decided(job: Job, targets: list[Target], now: datetime) -> dict[int, Said]:
    try:
        order = order_of(job.action, job.parameters or {}, job.organisation_id)
    except BadParameters as error:  # what it names is gone since
        return {target.pk: Over("; ".join(error.problems)) for target in targets}
    lacking = why_not(
        [target.station for target in targets], order,
        may_interrupt=job.may_interrupt, organisation_id=job.organisation_id,
    )  # fmt: skip
    chosen: dict[int, Said] = {
        t.pk: Over(lacking[t.station_id], is_skipped=lacking[t.station_id] == BUSY)
        for t in targets
        if t.station_id in lacking
    }
    left = [target for target in targets if target.pk not in chosen]
    return chosen | (
        _done(job, order, left) if isinstance(order, Deed) else _sent(job, order, left, now)
    )


def _done(job: Job, deed: Deed, targets: list[Target]) -> dict[int, Said]:
    if not targets:
        return {}
    doer = Named(job.actor_kind, job.actor_id, job.actor_label)
    problems = deed.do([target.station for target in targets], job.parameters or {}, doer)
    return {target.pk: Over(problems.get(target.station_id, "")) for target in targets}


def _sent(job: Job, command: Command, targets: list[Target], now: datetime) -> dict[int, Said]:
    return {target.pk: _send(job, command, target, now) for target in targets}


def _send(job: Job, command: Command, target: Target, now: datetime) -> Said:
    try:
        whole = completed(target.station, command, now=now)
    except BadParameters as error:
        return Over("; ".join(error.problems))
    reason = f"Job {job.pk}: {job.reason}" if job.reason else f"Job {job.pk}"
    patience_s = lasts_until(job.deadline_at or now, now)
    return Send(whole, reason, purpose=purpose_of(whole), expires_s=patience_s)
