"""Limits at simulated chargers of both versions: set, heard back, kept for who was away."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation
from apps.campaigns.advance import advance
from apps.campaigns.audience import Audience
from apps.campaigns.models import Target
from apps.campaigns.services import Time
from apps.commands.models import CommandRow
from apps.commands.services import queue
from apps.domain.commands import Command, parse
from apps.power import selectors
from apps.power.models import HeldProfile, StationSchedule
from apps.power.planned import LIMITS, Limit, plan_limit
from apps.power.services import prepare
from apps.stations.models import Station
from tests.factories import OFFICE
from tests.servers import eventually, rows

Charger = Callable[..., Awaitable[Any]]
NOW = datetime.now(UTC).replace(microsecond=0)
# The simulated charger answers on a grid of a minute; the changes lie well inside the window.
STEPPED = {
    "purpose": "TxDefaultProfile", "stack_level": 0, "kind": "Absolute",
    "schedules": [{"unit": "A", "start_at": (NOW - timedelta(minutes=10)).isoformat(),
                   "periods": [{"start_s": 0, "limit": 10}, {"start_s": 3600, "limit": 6}]}],
}  # fmt: skip
MOST = {
    "purpose": "ChargingStationMaxProfile", "stack_level": 0, "kind": "Absolute",
    "schedules": [{"unit": "A", "start_at": (NOW - timedelta(minutes=10)).isoformat(),
                   "periods": [{"start_s": 0, "limit": 8}]}],
}  # fmt: skip


@transaction.atomic
def order(command: Command) -> CommandRow:
    station = Station.objects.get(identity="CP1")
    return queue(
        organisation_id=station.organisation_id,
        station_id=station.pk,
        identity=station.identity,
        command=prepare(station, command),
        now=datetime.now(UTC),
    )


async def done(name: str, **parameters: Any) -> CommandRow:
    row = await rows(lambda: order(parse(name, parameters)))
    return await eventually(
        lambda: CommandRow.objects.filter(pk=row.pk, state="confirmed").first(), name
    )


async def test_what_we_expect_is_what_the_charger_says(
    charger: Charger, either: type[Any], network: Organisation
) -> None:
    station = await charger(either)
    await station.connect()
    await done("set_charging_profile", evse_id=1, profile=STEPPED)
    await done("set_charging_profile", evse_id=0, profile=MOST)
    assert len(station.profiles) == 2
    await done("get_composite_schedule", evse_id=1, duration_s=7200, unit="A")
    told = await rows(lambda: StationSchedule.objects.get(evse_id=1))

    def expected() -> list[float | None]:
        known = Station.objects.get(identity="CP1")
        asked = selectors.question(known, 1, start_at=told.start_at, duration_s=7200, unit="A")
        return [piece.limit for piece in selectors.composite_of(known, asked)]

    assert [period["limit"] for period in told.periods] == await rows(expected) == [8, 6]
    assert await rows(lambda: HeldProfile.objects.count()) == 2
    await done("clear_charging_profile")
    assert station.profiles == []
    assert await rows(lambda: HeldProfile.objects.count()) == 0


async def test_a_push_waits_for_a_charger_that_is_away(
    charger: Charger, either: type[Any], network: Organisation
) -> None:
    station = await charger(either)
    await station.connect()
    await station.close()
    await eventually(lambda: Station.objects.filter(is_connected=False).exists(), "the farewell")
    now = datetime.now(UTC)
    planned: dict[str, Any] = {
        "organisation_id": network.pk, "name": "Evening", "audience": Audience(),
        "limit": Limit(1, STEPPED, Time(now, expires_s=600)), "actor": OFFICE, "now": now,
    }  # fmt: skip
    await rows(lambda: plan_limit(**planned))
    assert await rows(lambda: advance(LIMITS, now=now)) == 1
    again = await charger(either)
    await again.connect()
    await eventually(lambda: HeldProfile.objects.exists(), "the profile")
    assert len(again.profiles) == 1
    await eventually(lambda: Target.objects.filter(state="reached").exists(), "the end")
