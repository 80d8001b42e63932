"""A planned limit goes to thirty chargers in waves: paused, stopped by its rule, and resumed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from apps.accounts.models import Organisation
from apps.campaigns import services
from apps.campaigns.advance import advance
from apps.campaigns.audience import Audience
from apps.campaigns.models import Campaign, Running, Target
from apps.campaigns.services import Pace, Time
from apps.commands.models import CommandRow
from apps.power.planned import LIMITS
from apps.simulator.outlet import Outlet
from apps.simulator.v16 import SimStation16
from apps.stations.models import Station, StationNotice
from tests.servers import eventually, rows

Charger = Callable[..., Awaitable[Any]]
MANY, AT_ONCE = 30, 5
# Every fifth of the first two waves, and more in those that follow.
REFUSING = {4, 9, 11, 13, 14, 18, 20, 22, 24, 27}
LIMIT = {
    "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
    "schedules": [{"unit": "A", "periods": [{"start_s": 0, "limit": 6}]}],
}  # fmt: skip


class Stubborn(SimStation16):
    """Refuses every profile."""

    def addressed(self, connector_id: int) -> list[Outlet]:
        return []


def plan(network: Organisation) -> Campaign:
    now = datetime.now(UTC)
    return services.plan_campaign(
        organisation_id=network.pk, kind=LIMITS, name="Evening",
        parameters={"evse_id": 0, "profile": LIMIT}, audience=Audience(), time=Time(now),
        actor="olga", now=now, pace=Pace(AT_ONCE, stop_pct=20),
    )  # fmt: skip


async def beat() -> int:
    """The clock's; how many were told, once their answers are in. Never more than may be."""
    sent = await rows(lambda: advance(LIMITS, now=datetime.now(UTC)))
    assert sent <= AT_ONCE
    await eventually(lambda: not Target.objects.filter(state="sent").exists(), "the answers")
    return sent


async def state_of(campaign: Campaign) -> str:
    await rows(campaign.refresh_from_db)
    return str(campaign.state)


async def count(state: str) -> int:
    return await rows(lambda: Target.objects.filter(state=state).count())


async def test_it_goes_in_waves_until_too_many_refuse(
    charger: Charger, network: Organisation
) -> None:
    made = [
        await charger(Stubborn if n in REFUSING else SimStation16, f"CP{n:02}") for n in range(MANY)
    ]
    await asyncio.gather(*(one.connect() for one in made))
    await eventually(
        lambda: Station.objects.filter(is_connected=True, boot_status="Accepted").count() == MANY,
        "the boots",
    )
    campaign = await rows(lambda: plan(network))
    assert await beat() == AT_ONCE
    await rows(lambda: services.pause(campaign))
    assert await beat() == 0
    assert await count("waiting") == MANY - AT_ONCE
    await rows(lambda: services.resume(campaign))
    assert [await beat(), await beat()] == [AT_ONCE, AT_ONCE]
    assert (await count("reached"), await count("failed")) == (10, 5)
    assert await state_of(campaign) == Running.STOPPED
    assert await beat() == 0
    while await count("waiting"):
        await rows(lambda: services.resume(campaign))
        assert await beat() == AT_ONCE
        assert await state_of(campaign) == Running.STOPPED, "still more than a fifth"
    assert [len(one.profiles) for one in made] == [int(n not in REFUSING) for n in range(MANY)]
    assert (await count("reached"), await count("failed")) == (20, 10)
    assert await rows(CommandRow.objects.filter(name="set_charging_profile").count) == MANY
    assert await rows(StationNotice.objects.filter(kind="power").count) == len(REFUSING)
