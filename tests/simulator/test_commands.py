"""What both versions are asked in their own words, and what it changes."""

from typing import Any

import pytest

from apps.simulator.clock import ManualClock
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201
from tests.simulator.conftest import MakeStation
from tests.simulator.csms import Csms

Either = type[SimStation]
TOKEN = {"idToken": "AB12", "type": "ISO14443"}


def is_16(station_class: Either) -> bool:
    return station_class is SimStation16


async def remote_start(csms: Csms, station_class: Either, evse_id: int = 1) -> dict[str, Any]:
    if is_16(station_class):
        return await csms.call("RemoteStartTransaction", {"idTag": "AB12", "connectorId": evse_id})
    asked = {"idToken": TOKEN, "remoteStartId": 77, "evseId": evse_id}
    return await csms.call("RequestStartTransaction", asked)


async def set_availability(
    csms: Csms, station_class: Either, *, is_operative: bool
) -> dict[str, Any]:
    word = "Operative" if is_operative else "Inoperative"
    if is_16(station_class):
        return await csms.call("ChangeAvailability", {"connectorId": 1, "type": word})
    asked = {"operationalStatus": word, "evse": {"id": 1}}
    return await csms.call("ChangeAvailability", asked)


def status_field(station_class: Either) -> str:
    return "status" if is_16(station_class) else "connectorStatus"


async def test_a_remote_start_starts_a_session_with_that_token(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    assert await remote_start(csms, either) == {"status": "Accepted"}
    session = await station.wait_for_session()
    assert session.token.uid == "AB12"
    assert csms.of("Authorize") == []
    if not is_16(either):
        started = csms.payloads("TransactionEvent", eventType="Started")[0]
        assert started["transactionInfo"]["remoteStartId"] == 77
        assert started["triggerReason"] == "RemoteStart"
    assert await remote_start(csms, either) == {"status": "Rejected"}
    assert await remote_start(csms, either, evse_id=9) == {"status": "Rejected"}


async def test_a_remote_stop_ends_the_session_it_names(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    session = await station.start_session(token="AB12")
    action = "RemoteStopTransaction" if is_16(either) else "RequestStopTransaction"
    unknown = 1 if is_16(either) else "nobody"
    assert await csms.call(action, {"transactionId": unknown}) == {"status": "Rejected"}
    asked = {"transactionId": session.transaction_id}
    assert await csms.call(action, asked) == {"status": "Accepted"}
    if is_16(either):
        await csms.wait_for_frame("StopTransaction", reason="Remote")
    else:
        ended = await csms.wait_for_frame("TransactionEvent", eventType="Ended")
        assert ended.payload["triggerReason"] == "RemoteStop"
        assert ended.payload["transactionInfo"]["stoppedReason"] == "Remote"


async def test_a_hard_reset_ends_sessions_disconnects_and_boots_again(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    await station.start_session(token="AB12")
    kind = "Hard" if is_16(either) else "Immediate"
    assert await csms.call("Reset", {"type": kind}) == {"status": "Accepted"}
    boot = await csms.wait_for_frame("BootNotification", 2)
    assert boot.connection == 1
    if is_16(either):
        assert csms.payloads("StopTransaction")[0]["reason"] == "HardReset"
    else:
        assert boot.payload["reason"] == "RemoteReset"
        ended = csms.payloads("TransactionEvent", eventType="Ended")[0]
        assert ended["triggerReason"] == "ResetCommand"
        assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"


async def test_a_reset_on_idle_waits_for_the_session(csms: Csms, make: MakeStation) -> None:
    station = make(SimStation201)
    await station.connect()
    await station.start_session(token="AB12")
    assert await csms.call("Reset", {"type": "OnIdle"}) == {"status": "Scheduled"}
    assert len(csms.of("BootNotification")) == 1
    await station.stop_session()
    await csms.wait_for_frame("BootNotification", 2)


async def test_availability_changes_are_shown_and_wait_for_a_session(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    shown = status_field(either)
    free: dict[str, Any] = {shown: "Available"}
    closed: dict[str, Any] = {shown: "Unavailable"}
    assert await set_availability(csms, either, is_operative=False) == {"status": "Accepted"}
    await csms.wait_for_frame("StatusNotification", **closed)
    assert await remote_start(csms, either) == {"status": "Rejected"}
    await set_availability(csms, either, is_operative=True)
    await csms.wait_for_frame("StatusNotification", 2, connectorId=1, **free)
    await station.start_session(token="AB12")
    assert await set_availability(csms, either, is_operative=False) == {"status": "Scheduled"}
    assert len(csms.of("StatusNotification", **closed)) == 1
    await station.stop_session()
    await csms.wait_for_frame("StatusNotification", 2, **closed)


@pytest.mark.parametrize("message", ["Heartbeat", "StatusNotification", "MeterValues"])
async def test_a_triggered_message_is_really_sent(
    csms: Csms, make: MakeStation, either: Either, message: str
) -> None:
    station = make(either)
    await station.connect()
    before = len(csms.of(message))
    answer = await csms.call("TriggerMessage", {"requestedMessage": message})
    assert answer == {"status": "Accepted"}
    await csms.wait_for_frame(message, before + 1)
    assert csms.problems == []


async def test_a_triggered_transaction_event_needs_a_session(csms: Csms, make: MakeStation) -> None:
    station = make(SimStation201)
    await station.connect()
    asked = {"requestedMessage": "TransactionEvent", "evse": {"id": 1}}
    assert await csms.call("TriggerMessage", asked) == {"status": "Rejected"}
    await station.start_session(token="AB12")
    assert await csms.call("TriggerMessage", asked) == {"status": "Accepted"}
    await csms.wait_for_frame("TransactionEvent", triggerReason="Trigger")


async def test_unlocking_answers_for_the_connector(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    asked = {"connectorId": 1} if is_16(either) else {"connectorId": 1, "evseId": 1}
    assert await csms.call("UnlockConnector", asked) == {"status": "Unlocked"}
    await station.start_session(token="AB12")
    busy = await csms.call("UnlockConnector", asked)
    assert busy["status"] == ("Unlocked" if is_16(either) else "OngoingAuthorizedTransaction")


async def test_16_configuration_is_read_written_and_obeyed(
    csms: Csms, make: MakeStation, clock: ManualClock
) -> None:
    station = make(SimStation16, clock=clock)
    await station.connect()
    everything = await csms.call("GetConfiguration")
    assert len(everything["configurationKey"]) > 20
    one = await csms.call("GetConfiguration", {"key": ["HeartbeatInterval", "Nonsense"]})
    shown = {"key": "HeartbeatInterval", "readonly": False, "value": "300"}
    assert one == {"configurationKey": [shown], "unknownKey": ["Nonsense"]}
    for key, value, status in (
        ("HeartbeatInterval", "15", "Accepted"),
        ("HeartbeatInterval", "soon", "Rejected"),
        ("NumberOfConnectors", "4", "Rejected"),
        ("Nonsense", "1", "NotSupported"),
        ("MeterValuesSampledData", "Power.Active.Import", "Accepted"),
    ):
        answer = await csms.call("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": status}
    await clock.wait_for_sleepers()
    clock.advance(15)
    await csms.wait_for_frame("Heartbeat")
    await station.start_session(token="AB12")
    await station.sample(power_w=1_000, advance_s=1)
    samples = csms.payloads("MeterValues")[0]["meterValue"][0]["sampledValue"]
    assert [sample["measurand"] for sample in samples] == ["Power.Active.Import"]


def variable(component: str, name: str, **more: Any) -> dict[str, Any]:
    return {"component": {"name": component}, "variable": {"name": name}} | more


async def test_201_variables_are_read_written_and_obeyed(
    csms: Csms, make: MakeStation, clock: ManualClock
) -> None:
    station = make(SimStation201, clock=clock)
    await station.connect()
    wanted = [
        variable("OCPPCommCtrlr", "HeartbeatInterval"),
        variable("SecurityCtrlr", "BasicAuthPassword"),
        variable("OCPPCommCtrlr", "Nonsense"),
        variable("Nonsense", "Nonsense"),
    ]
    results = (await csms.call("GetVariables", {"getVariableData": wanted}))["getVariableResult"]
    assert [one["attributeStatus"] for one in results] == [
        "Accepted",
        "Rejected",
        "UnknownVariable",
        "UnknownComponent",
    ]
    assert results[0]["attributeValue"] == "300"
    changes = [
        variable("OCPPCommCtrlr", "HeartbeatInterval", attributeValue="15"),
        variable("SmartChargingCtrlr", "RateUnit", attributeValue="A"),
        variable("AuthCtrlr", "AuthorizeRemoteStart", attributeValue="true"),
    ]
    results = (await csms.call("SetVariables", {"setVariableData": changes}))["setVariableResult"]
    assert [one["attributeStatus"] for one in results] == ["Accepted", "Rejected", "Accepted"]
    await clock.wait_for_sleepers()
    clock.advance(15)
    await csms.wait_for_frame("Heartbeat")
    await remote_start(csms, SimStation201)
    await csms.wait_for_frame("Authorize")


async def test_a_base_report_comes_in_numbered_parts(csms: Csms, make: MakeStation) -> None:
    station = make(SimStation201, evses=2)
    await station.connect()
    asked = {"requestId": 5, "reportBase": "FullInventory"}
    assert await csms.call("GetBaseReport", asked) == {"status": "Accepted"}
    await csms.wait_for_frame("NotifyReport", tbc=False)
    parts = csms.payloads("NotifyReport")
    assert [part["seqNo"] for part in parts] == list(range(len(parts)))
    assert len(parts) > 3
    assert {part["requestId"] for part in parts} == {5}
    data = [item for part in parts for item in part["reportData"]]
    assert {"EVSE", "Connector", "TxCtrlr"} <= {item["component"]["name"] for item in data}
    assert csms.problems == []


async def test_transaction_status_tells_what_runs_and_what_waits(
    csms: Csms, make: MakeStation
) -> None:
    station = make(SimStation201)
    await station.connect()
    session = await station.start_session(token="AB12")
    known = await csms.call("GetTransactionStatus", {"transactionId": session.key})
    unknown = await csms.call("GetTransactionStatus", {"transactionId": "nobody"})
    assert known == {"messagesInQueue": False, "ongoingIndicator": True}
    assert unknown == {"messagesInQueue": False, "ongoingIndicator": False}
    assert await csms.call("GetTransactionStatus") == {"messagesInQueue": False}


def charging_profile(station_class: Either, limit_a: float) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
    }
    profile: dict[str, Any] = {
        "stackLevel": 1,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
    }
    if is_16(station_class):
        profile |= {"chargingProfileId": 3, "chargingSchedule": schedule}
        return {"connectorId": 1, "csChargingProfiles": profile}
    profile |= {"id": 3, "chargingSchedule": [schedule | {"id": 1}]}
    return {"evseId": 1, "chargingProfile": profile}


async def test_a_charging_profile_limits_the_measured_power(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    await station.start_session(token="AB12")
    answer = await csms.call("SetChargingProfile", charging_profile(either, 8.1))
    assert answer == {"status": "Accepted"}
    reading = await station.sample(advance_s=60)
    assert 0.97 * 8.1 * 690 < reading.power_w <= 8.1 * 690
    where = {"connectorId": 1} if is_16(either) else {"evseId": 1}
    asked = {"duration": 600, "chargingRateUnit": "A"} | where
    composite = await csms.call("GetCompositeSchedule", asked)
    schedule = composite["chargingSchedule" if is_16(either) else "schedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 8.1}]
    clear = {"id": 3} if is_16(either) else {"chargingProfileId": 3}
    assert await csms.call("ClearChargingProfile", clear) == {"status": "Accepted"}
    assert await csms.call("ClearChargingProfile", clear) == {"status": "Unknown"}
    assert (await station.sample(advance_s=60)).power_w > 10_000


async def test_a_zero_limit_suspends_and_a_higher_one_resumes(
    csms: Csms, make: MakeStation, either: Either, clock: ManualClock
) -> None:
    station = make(either, clock=clock)
    await station.connect()
    session = await station.start_session(token="AB12")
    await csms.call("SetChargingProfile", charging_profile(either, 0))
    await station.tick()
    assert session.charging_state == "SuspendedEVSE"
    await csms.call("SetChargingProfile", charging_profile(either, 16))
    await station.tick()
    assert session.charging_state == "Charging"


async def test_the_small_commands_are_answered(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    assert await csms.call("ClearCache") == {"status": "Accepted"}
    data = await csms.call("DataTransfer", {"vendorId": "nobody"})
    assert data == {"status": "UnknownVendorId"}
    version = "listVersion" if is_16(either) else "versionNumber"
    assert await csms.call("GetLocalListVersion") == {version: 0}
    await csms.call("SendLocalList", {version: 4, "updateType": "Full"})
    assert await csms.call("GetLocalListVersion") == {version: 4}


async def test_what_a_station_cannot_do_and_what_nobody_knows_differ(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    assert (await csms.call_raw("CancelReservation", {"reservationId": 1}))[2] == "NotSupported"
    assert (await csms.call_raw("MakeCoffee", {}))[2] == "NotImplemented"


async def test_a_payload_that_does_not_fit_gets_the_versions_own_error_code(
    csms: Csms, make: MakeStation, either: Either
) -> None:
    station = make(either)
    await station.connect()
    refusal = await csms.call_raw("Reset", {"type": "Gently"})
    assert refusal[2] == ("FormationViolation" if is_16(either) else "FormatViolation")
    assert [received.action for received in station.received_calls] == ["Reset"]
