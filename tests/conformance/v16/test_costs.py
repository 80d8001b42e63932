"""Prices and costs reach a 1.6 station that announces that it shows them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.costs import services
from apps.sessions.models import Session
from apps.stations.models import Station, Variable
from apps.tariffs.models import Tariff
from tests.conformance.play import Play16, Play201, now, written
from tests.servers import eventually, rows

VENDOR = "org.openchargealliance.costmsg"
ACCEPTED = {"status": "Accepted"}


async def told(play: Play16, message_id: str, answer: Any = ACCEPTED) -> Any:
    """What the station is told under ``message_id``."""
    heard = await play.answered("DataTransfer", answer)
    assert (heard["vendorId"], heard["messageId"]) == (VENDOR, message_id)
    return json.loads(heard["data"])


async def tell() -> int:
    return await rows(lambda: services.tell(now=datetime.now(UTC)))


async def announces(value: str = "true") -> None:
    def write() -> None:
        Variable.objects.create(
            station=Station.objects.get(), variable="CustomDisplayCostAndPrice", value=value,
            read_at=datetime.now(UTC),
        )  # fmt: skip

    await rows(write)


async def answered(count: int) -> None:
    """So many commands are settled."""
    settled = CommandRow.objects.exclude(answered_at=None)
    await eventually(lambda: settled.count() == count)


def ago(minutes: float) -> str:
    return written(datetime.now(UTC) - timedelta(minutes=minutes))


async def charged(play: Play16, number: int, register_wh: int, at: str = "") -> None:
    sample = {"value": str(register_wh), "measurand": "Energy.Active.Import.Register"}
    reading = {"timestamp": at or now(), "sampledValue": [sample]}
    given = {"connectorId": 1, "transactionId": number, "meterValue": [reading]}
    assert await play.ask("MeterValues", given) == {}


async def test_price_running_and_final_cost(tariff: Tariff, v16: Play16) -> None:
    await v16.booted()
    await announces()
    number = (await v16.start(timestamp=ago(120)))["transactionId"]
    await charged(v16, number, 1000, ago(60))
    assert (await tell(), await tell()) == (2, 0)
    price = await told(v16, "SetUserPrice")
    assert price == {
        "idToken": "AB12",
        "priceText": "0.476 EUR/kWh, 1.428 EUR/h, 0.595 EUR a session, VAT included",
    }
    running = await told(v16, "RunningCost")
    assert running.pop("timestamp").endswith("Z")
    await answered(2)
    assert running == {
        "transactionId": number,
        "meterValue": 1000,
        "cost": 2.5,
        "state": "Charging",
        "chargingPrice": {"kWhPrice": 0.476, "hourPrice": 1.428, "flatFee": 0.595},
    }
    await charged(v16, number, 2000, ago(30))
    assert await tell() == 1
    assert (await told(v16, "RunningCost"))["cost"] == 3.69
    await answered(3)
    await v16.stop(number)
    session = await rows(Session.objects.get)
    assert (await tell(), await tell()) == (1, 0)
    assert await told(v16, "FinalCost") == {
        "transactionId": number,
        "cost": float(session.price_incl_vat),
        "priceText": f"{session.price_incl_vat:.2f} EUR, VAT included",
    }


@pytest.mark.parametrize("value", ["", "false"])
async def test_who_does_not_show_costs_is_told_none(
    tariff: Tariff, v16: Play16, value: str
) -> None:
    await v16.booted()
    if value:
        await announces(value)
    await v16.charging()
    assert await tell() == 0


async def test_who_refuses_is_left_alone(tariff: Tariff, v16: Play16) -> None:
    await v16.booted()
    await announces()
    number = await v16.charging()
    assert await tell() == 2
    await told(v16, "SetUserPrice", {"status": "UnknownVendorId"})
    await told(v16, "RunningCost", {"status": "UnknownVendorId"})
    await answered(2)
    await charged(v16, number, 5000)
    assert await tell() == 0
    assert set(await rows(lambda: list(CommandRow.objects.values_list("state", "detail")))) == {
        ("rejected", "UnknownVendorId")
    }


async def test_tc_i_01_csms(tariff: Tariff, v201: Play201) -> None:
    """The other way to tell it: a call of ours."""
    await v201.booted()
    await v201.charging()
    given = {"transaction_id": v201.transaction_id, "cost": 1.25, "at": now()}
    heard, outcome = await v201.ordered("tell_running_cost", [("CostUpdated", {})], **given)
    assert heard == [{"totalCost": 1.25, "transactionId": v201.transaction_id}]
    assert outcome["state"] == "confirmed"
