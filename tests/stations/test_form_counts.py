"""What was odd about the form of a station's messages is counted; what was not taken is known."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Organisation
from apps.retention.services import prune_all
from apps.sessions.models import Session
from apps.stations.models import FormCount, Station
from tests.servers import eventually, register, rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "One", "firmwareVersion": "1.2"}


def moment(minutes_ago: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def counted() -> set[tuple[Any, ...]]:
    wanted = ("action", "rule", "path", "detail", "firmware", "count")
    return set(FormCount.objects.values_list(*wanted))


def start(**more: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "AB12", "meterStart": 0, "timestamp": moment(60), **more}


async def test_each_oddity_is_counted_by_message_and_firmware(wire: MakeWire) -> None:
    opened = await wire("ocpp1.6")
    await opened.ask("BootNotification", BOOT)
    for _ in range(3):
        await opened.ask("Authorize", {"idTag": "AB12", "connectorId": 1})
    sampled = [{"value": 1}, {"value": 2}, {"value": "3", "colour": "red"}]
    reading = {"timestamp": moment(1), "sampledValue": sampled}
    await opened.ask("MeterValues", {"connectorId": 1, "meterValue": [reading, reading]})
    await opened.ask("Heartbeat", {})
    assert await rows(counted) == {
        ("Authorize", "unknown_member", "", "connectorId", "1.2", 3),
        ("MeterValues", "text_as_number", "/meterValue/sampledValue/value", "", "1.2", 1),
        ("MeterValues", "unknown_member", "/meterValue/sampledValue", "colour", "1.2", 1),
    }


async def test_whatever_names_a_station_makes_up_its_rows_stay_few(wire: MakeWire) -> None:
    opened = await wire("ocpp1.6")
    for number in range(20):
        await opened.ask("Heartbeat", {f"member{number}": number})
    assert await rows(counted) == {("Heartbeat", "unknown_member", "", "member19", "", 20)}


async def test_nothing_is_written_where_nothing_was_excused(wire: MakeWire) -> None:
    opened = await wire("ocpp1.6")
    await opened.ask("BootNotification", BOOT)
    await opened.ask("StartTransaction", start())
    assert not await rows(FormCount.objects.exists)


async def test_a_strict_refusal_about_money_marks_the_session_that_it_names(
    wire: MakeWire, network: Organisation, card: Any
) -> None:
    await rows(lambda: register(network, "CP1", reading="strict"))
    opened = await wire("ocpp1.6")
    first = (await opened.ask("StartTransaction", start()))["transactionId"]
    second = (await opened.ask("StartTransaction", start(connectorId=2)))["transactionId"]
    stop = {"transactionId": first, "meterStop": 12.5, "timestamp": moment(0)}
    for _ in range(2):
        assert (await opened.call("StopTransaction", stop))[0] == 4
    assert (await opened.call("Heartbeat", {"odd": 1}))[0] == 4
    flags = await rows(lambda: dict(Session.objects.values_list("transaction_id", "flags")))
    assert "refused_message" in flags[str(first)].split()
    assert "refused_message" not in flags[str(second)].split()
    assert await rows(counted) == {("StopTransaction", "strict_form", "", "", "", 2)}


@pytest.mark.parametrize("end", ['"meterStop":,}]', '"meterStop"'])
async def test_a_broken_frame_about_money_marks_what_runs_at_its_station(
    wire: MakeWire, card: Any, end: str
) -> None:
    opened = await wire("ocpp1.6")
    await opened.ask("StartTransaction", start())
    await opened.send('[2,"m","StopTransaction",{"transactionId":7,' + end)
    assert (await opened.answer())[0] == 4
    await opened.send('[2,"n","Heartbeat",{')
    assert (await opened.answer())[0] == 4
    session = await rows(Session.objects.get)
    assert "refused_message" in session.flags.split()
    assert await rows(counted) == {("StopTransaction", "broken_frame", "", "", "", 1)}


async def test_a_frame_that_is_too_large_is_known_at_its_station(wire: MakeWire, card: Any) -> None:
    opened = await wire("ocpp1.6")
    await opened.ask("StartTransaction", start())
    await opened.send(json.dumps([2, "m", "StopTransaction", {"x": "x" * 70_000}]))
    assert await opened.closed() == 1009
    found = await eventually(lambda: FormCount.objects.filter(rule="too_large").first())
    assert (found.action, found.count) == ("", 1)
    session = await rows(Session.objects.get)
    assert "refused_message" in session.flags.split()


async def test_a_station_that_may_not_speak_yet_loses_nothing_by_its_form(
    wire: MakeWire, network: Organisation
) -> None:
    held = {"boot_policy": "pending"}
    await rows(lambda: register(network, "CP1", **held))
    opened = await wire("ocpp1.6")
    await opened.ask("BootNotification", BOOT)
    assert (await opened.call("StartTransaction", start()))[2] == "SecurityError"
    assert await rows(counted) == set()


def test_what_was_not_seen_for_long_goes(station: Station) -> None:
    now = datetime.now(UTC)
    for days in (399, 401):
        seen_at = now - timedelta(days=days)
        FormCount.objects.create(
            station=station, action="Heartbeat", rule="null_member", path=f"/{days}",
            first_at=seen_at, last_at=seen_at,
        )  # fmt: skip
    prune_all(now=now)
    assert [one.path for one in FormCount.objects.all()] == ["/399"]
