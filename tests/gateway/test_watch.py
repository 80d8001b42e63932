"""What a station does is held against its commands, however late and wherever it does it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.batch.items import Item, Reply
from apps.commands.models import CommandRow, State
from apps.domain.vocabulary import Protocol
from apps.gateway.link import Link
from apps.gateway.pipeline import receive
from apps.ingest.commit import commit
from apps.stations.models import Station
from apps.stations.refs import find_refs
from tests import factories as make
from tests.servers import register, rows

NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(hours=20)
BOTH = pytest.mark.parametrize("protocol", list(Protocol), ids=str)


@dataclass
class Door:
    """Commits each item at once, and remembers which made the rows be looked at."""

    looked: list[bool] = field(default_factory=list)

    async def submit(self, given: Item) -> Reply | None:
        self.looked.append(given.is_followed)
        return (await rows(lambda: commit([given], given.received_at)))[0]


async def silent(_what: Any) -> None:
    """A socket whose other end does not matter."""


@pytest.fixture
def door() -> Door:
    return Door()


async def link(network: Organisation, protocol: Protocol) -> Link:
    """A socket that is new here; whatever was sent to its station went over another."""
    await rows(lambda: register(network, "CP1", boot_policy="accepted"))
    ref = (await rows(lambda: find_refs(["CP1"])))["CP1"]
    return Link(ref, protocol, "c", silent, silent)


async def say(one: Link, door: Door, action: str, **payload: Any) -> None:
    answer = await receive(
        json.dumps([2, f"{action}-{len(door.looked)}", action, payload]), one, door
    )
    assert answer is not None
    assert answer.startswith("[3")


async def under_way(one: Link, name: str, **more: Any) -> CommandRow:
    """A command that was accepted yesterday, and whose end is awaited."""
    station = await rows(lambda: Station.objects.get(pk=one.ref.id))
    times = {"sent_at": YESTERDAY, "answered_at": YESTERDAY}
    times["confirm_by"] = NOW + timedelta(hours=4)
    given = {"state": State.ACCEPTED, **times, **more}
    return await rows(lambda: make.command(station, name, at=YESTERDAY, **given))


async def state(row: CommandRow) -> str:
    return str((await rows(lambda: CommandRow.objects.get(pk=row.pk))).state)


@BOTH
async def test_firmware_that_is_installed_the_next_day_on_another_socket_is_confirmed(
    network: Organisation, transactional_db: None, door: Door, protocol: Protocol
) -> None:
    one = await link(network, protocol)
    row = await under_way(one, "update_firmware", parameters={"location": "https://f.example/a"})
    number = {} if protocol is Protocol.OCPP16 else {"requestId": row.pk}
    await say(one, door, "Heartbeat")
    await say(one, door, "FirmwareStatusNotification", status="Installing", **number)
    assert await state(row) == State.ACCEPTED
    await say(one, door, "FirmwareStatusNotification", status="Installed", **number)
    assert await state(row) == State.CONFIRMED


async def test_a_log_that_comes_late_is_confirmed(
    network: Organisation, transactional_db: None, door: Door
) -> None:
    one = await link(network, Protocol.OCPP201)
    row = await under_way(one, "get_log", parameters={"location": "https://f.example/"})
    await say(one, door, "LogStatusNotification", status="Uploaded", requestId=row.pk)
    assert await state(row) == State.CONFIRMED


async def test_an_update_that_takes_a_day_costs_the_other_messages_nothing(
    network: Organisation, transactional_db: None, door: Door
) -> None:
    one = await link(network, Protocol.OCPP16)
    await under_way(one, "update_firmware", parameters={"location": "https://f.example/a"})
    for _ in range(3):
        await say(one, door, "Heartbeat")
        await say(one, door, "MeterValues", connectorId=1, meterValue=[])
    assert door.looked == [True, False, False, False, False, False]


async def test_a_command_that_leaves_makes_the_rows_be_looked_at_again(
    network: Organisation, transactional_db: None, door: Door
) -> None:
    one = await link(network, Protocol.OCPP16)
    await say(one, door, "Heartbeat")
    turn = one.watch.turn
    one.follow()
    one.watch.learn(frozenset(), turn)
    row = await under_way(one, "trigger_message", parameters={"message": "Heartbeat"})
    await say(one, door, "Heartbeat")
    assert await state(row) == State.CONFIRMED
