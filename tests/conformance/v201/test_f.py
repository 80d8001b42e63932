"""F: remote control."""

from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from apps.sessions.models import Session
from tests.conformance.play import Play201, meter_value
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}
EVSE_1 = {"id": 1, "connectorId": 1}
CENTRAL = {"idToken": "AB12", "type": "Central"}


async def started_remotely(play: Play201, answer: Any) -> int:
    """The operator starts a session for AB12; the remoteStartId that the station was told."""
    heard, outcome = await play.ordered(
        "start_session", [("RequestStartTransaction", answer)], token="AB12", evse_id=1
    )
    assert heard[0]["idToken"] == CENTRAL
    assert heard[0]["evseId"] == 1
    assert outcome["state"] in {"accepted", "confirmed"}
    return int(heard[0]["remoteStartId"])


async def confirmed(name: str) -> None:
    await eventually(lambda: CommandRow.objects.get(name=name, state=State.CONFIRMED))


async def test_tc_f_01_csms(v201: Play201) -> None:
    await v201.booted()
    await v201.status("Occupied")
    await v201.event("Started", "CablePluggedIn", "EVConnected", evse=1)
    known = ACCEPTED | {"transactionId": v201.transaction_id}
    remote_start_id = await started_remotely(v201, known)
    info = {"remoteStartId": remote_start_id}
    answer = await v201.event("Updated", "RemoteStart", token=CENTRAL, info=info)
    assert answer["idTokenInfo"] == ACCEPTED
    await v201.event("Updated", "ChargingStateChanged", "Charging")
    await confirmed("start_session")


@pytest.mark.parametrize("asks", [True, False], ids=["authorize", "at_once"])
async def test_tc_f_02_03_csms(v201: Play201, asks: bool) -> None:
    await v201.booted()
    remote_start_id = await started_remotely(v201, ACCEPTED)
    if asks:
        assert (await v201.authorize(CENTRAL))["idTokenInfo"] == ACCEPTED
    info = {"remoteStartId": remote_start_id, "transactionId": v201.begin()}
    answer = await v201.event("Started", "RemoteStart", evse=1, token=CENTRAL, info=info)
    assert answer["idTokenInfo"] == ACCEPTED
    await v201.event("Updated", "CablePluggedIn", "EVConnected", evse=1)
    await v201.event("Updated", "ChargingStateChanged", "Charging")
    await confirmed("start_session")
    session = await rows(Session.objects.get)
    assert (session.state, session.token_uid) == ("charging", "AB12")


async def test_tc_f_04_csms(v201: Play201) -> None:
    await v201.booted()
    remote_start_id = await started_remotely(v201, ACCEPTED)
    info = {"remoteStartId": remote_start_id, "transactionId": v201.begin()}
    await v201.event("Started", "RemoteStart", evse=1, token=CENTRAL, info=info)
    await v201.event("Ended", "EVConnectTimeout", info={"stoppedReason": "Timeout"})
    assert (await rows(Session.objects.get)).stop_reason == "Timeout"


async def test_tc_f_06_csms(v201: Play201) -> None:
    await v201.booted()
    heard, outcome = await v201.ordered(
        "unlock_connector",
        [("UnlockConnector", {"status": "Unlocked"})],
        evse_id=1,
        connector_id=1,
    )
    assert heard == [{"evseId": 1, "connectorId": 1}]
    assert outcome["state"] == "confirmed"


async def triggered(play: Play201, message: str, **place: Any) -> Any:
    """The operator asks for ``message``; what the station was told."""
    heard, outcome = await play.ordered(
        "trigger_message", [("TriggerMessage", ACCEPTED)], message=message, **place
    )
    assert outcome["state"] in {"accepted", "confirmed"}
    assert heard[0]["requestedMessage"] == message
    return heard[0]


@pytest.mark.parametrize("place", [{"evse_id": 1}, {}], ids=["one", "all"])
async def test_tc_f_11_12_csms(v201: Play201, place: dict[str, int]) -> None:
    await v201.booted()
    told = await triggered(v201, "MeterValues", **place)
    assert told.get("evse") == ({"id": 1} if place else None)
    for evse_id in (1,) if place else (1, 2):
        values = {"evseId": evse_id, "meterValue": [meter_value(1000, "Trigger")]}
        assert await v201.ask("MeterValues", values) == {}
    await confirmed("trigger_message")


@pytest.mark.parametrize("place", [{"evse_id": 1}, {}], ids=["one", "all"])
async def test_tc_f_13_14_csms(v201: Play201, place: dict[str, int]) -> None:
    await v201.booted()
    await v201.charging()
    told = await triggered(v201, "TransactionEvent", **place)
    assert told.get("evse") == ({"id": 1} if place else None)
    assert await v201.event("Updated", "Trigger", "Charging", wh=100, context="Trigger") == {}
    await confirmed("trigger_message")


@pytest.mark.parametrize("message", ["LogStatusNotification", "FirmwareStatusNotification"])
async def test_tc_f_15_18_csms(v201: Play201, message: str) -> None:
    await v201.booted()
    await triggered(v201, message)
    assert await v201.ask(message, {"status": "Idle"}) == {}
    await confirmed("trigger_message")


async def test_tc_f_20_csms(v201: Play201) -> None:
    await v201.booted()
    await triggered(v201, "Heartbeat")
    assert (await v201.ask("Heartbeat", {}))["currentTime"].endswith("Z")
    await confirmed("trigger_message")


@pytest.mark.parametrize("status", ["Available", "Occupied"])
async def test_tc_f_23_24_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    await v201.status(status)
    told = await triggered(v201, "StatusNotification", evse_id=1, connector_id=1)
    assert told["evse"] == EVSE_1
    await v201.status(status)
    await confirmed("trigger_message")


async def test_tc_f_27_csms(v201: Play201) -> None:
    await v201.booted()
    refusal = [("TriggerMessage", {"status": "NotImplemented"})]
    _, outcome = await v201.ordered("trigger_message", refusal, message="LogStatusNotification")
    assert outcome["state"] == "rejected"
    assert await v201.wire.is_alive()
