"""Two server processes on one PostgreSQL and one Redis are one platform."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.test import Client
from websockets.asyncio.client import connect

from apps.accounts.models import Organisation
from apps.accounts.roles import Role
from apps.commands import services
from apps.commands.models import CommandRow, State
from apps.domain.commands import UnlockConnector
from apps.live.announce import group_of
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from apps.stations.models import Station
from apps.stations.services import add_station
from tests import factories
from tests.factories import OFFICE
from tests.servers import TIMING, all_gone, eventually, register, rows, server_environment
from tests.throwaway import Platform, platform
from tests.wire import dial

pytestmark = pytest.mark.postgres
SLOW_SWEEP = {"OCPP_SWEEP_INTERVAL_S": "5", "OCPP_PRESENCE_FLUSH_S": "5"}


@pytest.fixture
async def two(
    network: Organisation, transactional_db: None, tmp_path: Path
) -> AsyncIterator[tuple[Platform, Platform]]:
    """They sweep so seldom that only a nudge can be quick."""
    env = server_environment(**SLOW_SWEEP)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with platform(tmp_path / "one", **env) as one, platform(tmp_path / "two", **env) as two:
        yield one, two
        await all_gone()


@pytest.fixture
async def heard(network: Organisation) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """await heard(topic): until a listener of the organisation is told that it changed."""
    layer = get_channel_layer()
    channel = await layer.new_channel("listener")
    await layer.group_add(group_of(network.pk), channel)

    async def wait(topic: str) -> None:
        async with asyncio.timeout(10):
            while topic not in (await layer.receive(channel))["topics"]:
                pass

    yield wait
    await layer.group_discard(group_of(network.pk), channel)
    await layer.close_pools()


@pytest.mark.parametrize("kind", [SimStation16, SimStation201])
async def test_a_command_queued_elsewhere_reaches_the_station(
    two: tuple[Platform, Platform], network: Organisation, kind: Any
) -> None:
    station_id = (await rows(lambda: register(network, "CP1"))).pk
    station = kind(identity="CP1", url=two[1].ocpp, timing=TIMING)
    await station.connect()

    def put() -> CommandRow:
        return services.queue(
            organisation_id=network.pk, station_id=station_id, identity="CP1",
            command=UnlockConnector(1, 1), now=datetime.now(UTC),
        )  # fmt: skip

    row = await rows(put)
    await eventually(lambda: CommandRow.objects.get(pk=row.pk, state=State.CONFIRMED))
    await station.close()


async def test_the_newest_connection_wins_across_processes(
    two: tuple[Platform, Platform], network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1"))
    older = await dial(two[0].ocpp, "CP1")
    newer = await dial(two[1].ocpp, "CP1")
    assert await older.closed() == 4000
    assert await newer.is_alive()
    row = await rows(Station.objects.get)
    assert row.is_connected
    assert row.gateway.endswith(str(two[1].process.pid))
    await newer.close()


async def test_what_happens_at_one_process_is_heard_at_the_other(
    two: tuple[Platform, Platform], network: Organisation, heard: Any
) -> None:
    station = await rows(lambda: register(network, "CP1"))
    opened = await dial(two[0].ocpp, "CP1")
    await heard(f"station:{station.pk}")
    status = {"evseId": 1, "connectorId": 1, "connectorStatus": "Available"}
    now = datetime.now(UTC).isoformat()
    await opened.ask("StatusNotification", status | {"timestamp": now})
    await heard(f"station:{station.pk}")
    await opened.close()


async def test_a_process_without_a_server_is_heard_too(
    network: Organisation, transactional_db: None, heard: Any
) -> None:
    """A worker or a command line has no event loop of its own."""
    await rows(
        lambda: add_station(
            organisation=network, identity="NEW", now=datetime.now(UTC), actor=OFFICE
        )
    )
    await heard("stations")


async def test_a_page_hears_of_every_change_while_nobody_speaks_to_the_gateways(
    two: tuple[Platform, Platform], network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1"))
    client = Client()
    await rows(lambda: client.force_login(factories.user(network, "olga", Role.OPERATOR)))
    opened = await dial(two[1].ocpp, "CP1")
    await rows(lambda: register(network, "CP2"))
    other = await dial(two[0].ocpp, "CP2")
    headers = {"Cookie": client.cookies.output(header="").strip(), "Origin": two[0].url}
    url = f"ws://{two[0].host}:{two[0].port}/live/"
    async with connect(url, additional_headers=headers) as page:
        await page.send(json.dumps({"watch": [], "listen": ["stations"]}))
        for status in ("Available", "Occupied") * 6:
            now = datetime.now(UTC).isoformat()
            told = {"evseId": 1, "connectorId": 1, "connectorStatus": status, "timestamp": now}
            await opened.ask("StatusNotification", told)
            async with asyncio.timeout(3):
                while "stations" not in json.loads(await page.recv())["topics"]:
                    pass
    await opened.close()
    await other.close()
