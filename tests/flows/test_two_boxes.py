"""Two boxes with one identity, and one box in the place of another, over real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.history.models import Fact
from apps.sessions.models import Session
from apps.stations.boxes import QUIET
from apps.stations.models import Station
from apps.stations.selectors import list_needing
from apps.stations.sharing import two_boxes
from tests.servers import eventually, register, rows
from tests.throwaway import Platform
from tests.wire import Wire, dial

Come = Callable[..., Awaitable[Wire]]


@pytest.fixture
async def come(server: Platform, network: Organisation) -> AsyncIterator[Come]:
    """A box comes in as CP1 and boots with its serial number."""
    await rows(lambda: register(network, "CP1"))
    wires: list[Wire] = []

    async def come(serial: str, protocol: str = "ocpp1.6") -> Wire:
        wire = await dial(server.ocpp, "CP1", protocol)
        wires.append(wire)
        if protocol == "ocpp1.6":
            told = {"chargePointVendor": "Acme", "chargePointModel": "One"}
            await wire.ask("BootNotification", told | {"chargePointSerialNumber": serial})
        else:
            about = {"vendorName": "Acme", "model": "One", "serialNumber": serial}
            booted = {"reason": "PowerUp", "chargingStation": about}
            await wire.ask("BootNotification", booted)
        return wire

    yield come
    for wire in wires:
        await wire.close()


async def facts() -> list[str]:
    told = ("two boxes seen under one identity", "station exchanged for another box")
    return await rows(
        lambda: list(
            Fact.objects.filter(kind__in=told).order_by("id").values_list("kind", flat=True)
        )
    )


async def alarm(now: datetime | None = None) -> str:
    return await rows(lambda: two_boxes(Station.objects.get(), now or datetime.now(UTC)))


@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
async def test_two_boxes_are_named_by_their_serial_numbers(come: Come, protocol: str) -> None:
    for _ in range(2):
        one = await come("SN-1", protocol)
        other = await come("SN-2", protocol)
        await one.closed()
        await other.is_alive()
        assert (
            await alarm() == "serial number SN-1 at 127.0.0.1 and serial number SN-2 at 127.0.0.1"
        )
        assert (await rows(Station.objects.get)).serial_number == "SN-1"
    assert await facts() == ["two boxes seen under one identity"], "it does not flap"
    assert await alarm(datetime.now(UTC) + QUIET) == ""


async def test_it_is_a_problem_while_it_lasts(come: Come, network: Organisation) -> None:
    await come("SN-1")
    await come("SN-2")

    def needing() -> int:
        return list_needing(network_actor(network)).filter(is_connected=True).count()

    assert await rows(needing) == 1
    await rows(lambda: Station.objects.update(two_boxes_at=datetime.now(UTC) - QUIET))
    assert await rows(needing) == 0


async def test_an_exchanged_box_is_told_as_such(come: Come) -> None:
    one = await come("SN-1")
    await one.close()
    await eventually(lambda: Station.objects.filter(is_connected=False).exists())
    await come("SN-2")
    await come("SN-2")
    assert await facts() == ["station exchanged for another box"]
    assert ((await rows(Station.objects.get)).serial_number, await alarm()) == ("SN-2", "")


async def test_a_box_that_comes_back_after_another_is_one_of_two(come: Come) -> None:
    for serial in ("SN-1", "SN-2", "SN-1"):
        wire = await come(serial)
        await wire.close()
        await eventually(lambda: Station.objects.filter(is_connected=False).exists())
    assert await facts() == [
        "station exchanged for another box", "two boxes seen under one identity",
    ]  # fmt: skip


async def test_one_box_that_redials_is_one_box(come: Come) -> None:
    for _ in range(3):
        await come("SN-1")
    assert (await alarm(), await facts()) == ("", [])


async def test_the_sessions_of_two_boxes_stay_apart(come: Come, card: Any) -> None:
    began_at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    async def start(wire: Wire, wh: int, minutes: int) -> str:
        at = (began_at + timedelta(minutes=minutes)).isoformat()
        told = {"connectorId": 1, "idTag": "AB12", "meterStart": wh, "timestamp": at}
        return str((await wire.ask("StartTransaction", told))["transactionId"])

    await (await come("SN-1")).is_alive()
    other = await come("SN-2")
    two = await start(other, 900_000, 5)
    one_again = await come("SN-1")
    one = await start(one_again, 1_000, 10)
    found = await rows(lambda: {s.transaction_id: s for s in Session.objects.all()})
    assert {name: (s.flags, s.ended_at) for name, s in found.items()} == {
        one: ("two_boxes", None), two: ("two_boxes", None),
    }  # fmt: skip


def network_actor(network: Organisation) -> Any:
    return SimpleNamespace(organisation_id=network.pk, site_ids=None)
