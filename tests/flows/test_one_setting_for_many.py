"""One setting goes to several chargers by a job: some refuse, some are away, one cannot."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.accounts.roles import Role
from apps.commands.models import CommandRow
from apps.jobs.models import Job
from apps.jobs.selectors import progress_of
from apps.jobs.services import Plan, freeze, go_on, prepare, retry, start
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from apps.stations.filters import StationFilter
from apps.stations.models import Station
from apps.stations.selectors import list_stations
from tests.factories import user
from tests.servers import eventually, rows

Charger = Callable[..., Awaitable[Any]]
SETTING = {
    "variables": [{"variable": {"name": "MeterValueSampleInterval"}, "attributeValue": "42"}]
}
AT_ONCE = 2


def begun(actor: User) -> Job:
    now = timezone.now()
    job = freeze(actor, list_stations(actor, StationFilter(q="CP")), "set_variables", now=now)
    plan = Plan(SETTING, "Finer readings", at_once=AT_ONCE, deadline_s=600)
    prepare(job, plan, actor=actor, now=now)
    start(job, actor=actor, now=now)
    go_on(now=now)
    return job


async def stands(actor: User, job: Job, **counts: int) -> None:
    """So many stations of the job in each state, however long it takes them."""
    wanted = {"waiting": 0, "sent": 0, "reached": 0, "failed": 0, "spared": 0, "skipped": 0}
    wanted |= counts
    await eventually(lambda: progress_of(actor, [job])[job.pk].by_state == wanted, str(wanted))


async def test_one_setting_on_several_chargers(charger: Charger, network: Organisation) -> None:
    good = [await charger(SimStation16, f"CP{n}") for n in range(4)]
    stubborn = await charger(SimStation16, "CP-STUBBORN")
    stubborn.configuration.write = lambda _key, _value: "Rejected"
    newer = await charger(SimStation201, "CP-NEWER")
    other = await charger(SimStation16, "OTHER")
    for one in (*good, stubborn, newer, other):
        await one.connect()
    await good[3].close()
    await eventually(
        lambda: Station.objects.filter(is_connected=True, boot_status="Accepted").count() == 6
    )
    actor = await rows(lambda: user(network, "olga", Role.OPERATOR))
    job = await rows(lambda: begun(actor))
    # The door begins the next as soon as one is over: no further beat of the clock is needed.
    await stands(actor, job, reached=3, failed=1, waiting=1, skipped=1)
    confirmed = await rows(
        lambda: list(CommandRow.objects.filter(state="confirmed", name="set_variables"))
    )
    assert {row.identity for row in confirmed} == {"CP0", "CP1", "CP2"}
    await good[3].connect()
    await eventually(
        lambda: Station.objects.filter(is_connected=True, boot_status="Accepted").count() == 7
    )
    await rows(lambda: go_on(now=timezone.now()))
    await stands(actor, job, reached=4, failed=1, skipped=1)
    await eventually(lambda: Job.objects.get(pk=job.pk).ended_at is not None)
    del stubborn.configuration.write
    assert await rows(lambda: retry(job, actor=actor, now=timezone.now())) == 1
    await rows(lambda: go_on(now=timezone.now()))
    await stands(actor, job, reached=5, skipped=1)
    asked = await rows(lambda: CommandRow.objects.filter(name="set_variables").count())
    assert asked == 6
