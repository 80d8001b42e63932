"""The core profile: boot, configuration, resets, locks, power failure, data transfer."""

from typing import Any

import pytest

from apps.commands.models import CommandRow, State
from apps.sessions.models import Session
from apps.stations.models import Connector, Station, Variable
from tests.conformance.play import Play16, now
from tests.conformance.shown import shown
from tests.servers import eventually, rows

ACCEPTED = {"status": "Accepted"}


async def test_tc_001_csms(v16: Play16) -> None:
    answer = await v16.boot()
    assert answer["status"] == "Accepted"
    assert answer["interval"] > 0
    await v16.status("Available", 0)
    await v16.status("Available")
    for _ in range(2):
        assert (await v16.ask("Heartbeat", {}))["currentTime"].endswith("Z")
    station = await rows(Station.objects.get)
    assert (station.boot_status, station.vendor) == ("Accepted", "Conformance")
    assert station.heartbeat_interval_s == answer["interval"]
    page = await shown()
    assert all(word in page for word in ("Conformance", "C-16", "In service", "Available"))


@pytest.mark.parametrize(("mode", "kind"), [("immediate", "Hard"), ("on_idle", "Soft")])
async def test_tc_013_014_csms(v16: Play16, mode: str, kind: str) -> None:
    await v16.booted()
    heard, outcome = await v16.ordered("reset", [("Reset", ACCEPTED)], mode=mode)
    assert heard == [{"type": kind}]
    assert outcome["state"] in {"accepted", "confirmed"}
    await v16.leave()
    await v16.connect()
    await v16.booted()
    row = await eventually(lambda: CommandRow.objects.get(name="reset", state=State.CONFIRMED))
    assert "The station booted" in await shown(f"/commands/{row.pk}/")


@pytest.mark.parametrize("status", ["Unlocked", "NotSupported", "UnlockFailed"])
async def test_tc_017_1_017_2_030_031_csms(v16: Play16, status: str) -> None:
    await v16.booted()
    answers = [("UnlockConnector", {"status": status})]
    heard, outcome = await v16.ordered("unlock_connector", answers, evse_id=1)
    assert heard == [{"connectorId": 1}]
    assert outcome["state"] == ("confirmed" if status == "Unlocked" else "rejected")


async def test_tc_018_1_csms(v16: Play16) -> None:
    await v16.booted()
    transaction_id = await v16.charging()
    answers = [("UnlockConnector", {"status": "Unlocked"})]
    await v16.ordered("unlock_connector", answers, evse_id=1)
    await v16.stop(transaction_id, reason="UnlockCommand")
    await v16.status("Finishing")
    assert (await rows(Session.objects.get)).stop_reason == "UnlockCommand"


@pytest.mark.parametrize("keys", [[], ["SupportedFeatureProfiles"]], ids=["all", "one"])
async def test_tc_019_1_019_2_csms(v16: Play16, keys: list[str]) -> None:
    await v16.booted()
    known = {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core"}
    variables = [{"variable": {"name": key}} for key in keys]
    answers = [("GetConfiguration", {"configurationKey": [known]})]
    heard, outcome = await v16.ordered("get_variables", answers, variables=variables)
    assert heard == [{"key": keys} if keys else {}]
    assert outcome["state"] == "confirmed"
    stored = await rows(Variable.objects.get)
    assert (stored.value, stored.mutability) == ("Core", "ReadOnly")


async def configured(play: Play16, status: str) -> Any:
    """The operator sets the sample interval to a minute; what he hears."""
    wanted = [{"variable": {"name": "MeterValueSampleInterval"}, "attributeValue": "60"}]
    answers = [("ChangeConfiguration", {"status": status})]
    heard, outcome = await play.ordered("set_variables", answers, variables=wanted)
    assert heard == [{"key": "MeterValueSampleInterval", "value": "60"}]
    return outcome


async def test_tc_021_csms(v16: Play16) -> None:
    await v16.booted()
    assert (await configured(v16, "Accepted"))["state"] in {"accepted", "confirmed"}


@pytest.mark.parametrize("status", ["NotSupported", "Rejected"])
async def test_tc_040_1_040_2_csms(v16: Play16, status: str) -> None:
    await v16.booted()
    assert (await configured(v16, status))["state"] == "rejected"


async def test_tc_024_csms(v16: Play16) -> None:
    await v16.booted()
    await v16.status("Faulted", error="ConnectorLockFailure")
    plug = await rows(lambda: Connector.objects.get(evse__number=1))
    assert (plug.status, plug.error_code) == ("Faulted", "ConnectorLockFailure")


async def test_tc_032_1_csms(v16: Play16) -> None:
    """After a power failure the old transaction is ended by its id."""
    await v16.booted()
    transaction_id = await v16.charging()
    await v16.leave()
    await v16.connect()
    assert (await v16.boot())["status"] == "Accepted"
    await v16.status("Finishing")
    await v16.stop(transaction_id, reason="PowerLoss")
    session = await rows(Session.objects.get)
    assert (session.state, session.stop_reason) == ("ended", "PowerLoss")


MESSAGES = [
    "MeterValues",
    "Heartbeat",
    "StatusNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
]


@pytest.mark.parametrize("message", MESSAGES)
async def test_tc_054_csms(v16: Play16, message: str) -> None:
    await v16.booted()
    told = {
        "MeterValues": {
            "connectorId": 1,
            "meterValue": [{"timestamp": now(), "sampledValue": [{"value": "5"}]}],
        },
        "StatusNotification": {
            "connectorId": 1,
            "status": "Available",
            "errorCode": "NoError",
        },
        "DiagnosticsStatusNotification": {"status": "Idle"},
        "FirmwareStatusNotification": {"status": "Idle"},
    }
    is_local = message in {"MeterValues", "StatusNotification"}
    place = {"evse_id": 1, "connector_id": 1} if is_local else {}
    heard, _ = await v16.ordered(
        "trigger_message", [("TriggerMessage", ACCEPTED)], message=message, **place
    )
    assert heard == [{"requestedMessage": message} | ({"connectorId": 1} if is_local else {})]
    await v16.ask(message, told.get(message, {}))
    await eventually(lambda: CommandRow.objects.get(state=State.CONFIRMED))


async def test_tc_055_csms(v16: Play16) -> None:
    await v16.booted()
    answers = [("TriggerMessage", {"status": "Rejected"})]
    _, outcome = await v16.ordered(
        "trigger_message", answers, message="MeterValues", evse_id=1, connector_id=1
    )
    assert outcome["state"] == "rejected"


async def test_tc_064_csms(v16: Play16) -> None:
    await v16.booted()
    answer = await v16.ask("DataTransfer", {"vendorId": "org.nobody", "data": "x"})
    assert answer["status"] in {"Rejected", "UnknownMessageId", "UnknownVendorId"}
