"""B: provisioning."""

import asyncio
from typing import Any

import pytest

from apps.commands.models import CommandRow
from apps.journal.models import Message, Refusal
from apps.sessions.models import Session
from apps.stations.models import Connector, Station, StationNotice
from tests.conformance.play import Play201, now
from tests.conformance.shown import shown, tab
from tests.conformance.v201.variables import ACCEPTED, OFFLINE, REMOTE, read, stored, written
from tests.servers import eventually, rows
from tests.wire import dial


async def policy(play: Play201, word: str) -> None:
    """The operator decides what the station's boot is answered."""
    path = f"stations/{play.identity}/"
    status, _ = await play.operator.request("PATCH", path, {"boot_policy": word})
    assert status == 200


async def confirmed_reset(reason: str) -> None:
    """The boot that it led to is its confirmation, and is kept with its reason."""
    row = await eventually(
        lambda: CommandRow.objects.get(name="reset", state="confirmed"), "the confirmation"
    )
    assert row.observed == "The station booted"
    assert (await rows(Station.objects.get)).boot_reason == reason
    assert "The station booted" in await shown(f"/commands/{row.pk}/")


async def test_tc_b_01_csms(v201: Play201) -> None:
    answer = await v201.boot()
    assert answer["status"] == "Accepted"
    assert answer["interval"] > 0
    assert answer["currentTime"].endswith("Z")
    await v201.status("Available")
    station = await rows(Station.objects.get)
    assert (station.vendor, station.boot_status) == ("Conformance", "Accepted")
    assert station.heartbeat_interval_s == answer["interval"]
    page = await shown()
    assert all(word in page for word in ("Conformance", "C-201", "In service", "Available"))


async def test_tc_b_02_csms(v201: Play201) -> None:
    await policy(v201, "pending")
    assert (await v201.boot())["status"] == "Pending"
    heard, outcome = await v201.told("GetVariables", {"getVariableData": [OFFLINE]}, read(OFFLINE))
    assert heard == {"getVariableData": [OFFLINE]}
    assert outcome["status"] == "accepted"
    assert "In deployment" in await shown()
    assert "CP1" in await shown("/stations/", connection="waiting")
    await policy(v201, "accepted")
    assert (await v201.boot())["status"] == "Accepted"
    await v201.status("Available")
    assert "In service" in await shown()
    assert "CP1" not in await shown("/stations/", connection="waiting")


@pytest.mark.parametrize("variables", [[OFFLINE], [OFFLINE, REMOTE]], ids=["one", "two"])
async def test_tc_b_06_07_csms(v201: Play201, variables: list[Any]) -> None:
    await v201.booted()
    answers = [("GetVariables", read(*variables))]
    heard, outcome = await v201.ordered("get_variables", answers, variables=variables)
    assert heard == [{"getVariableData": variables}]
    assert outcome["state"] == "confirmed"
    page = await tab("configuration")
    for variable in variables:
        assert (await stored(variable)).value == "60"
        assert variable["variable"]["name"] in page


async def test_tc_b_08_csms(v201: Play201) -> None:
    """Five variables, at most four in a message: four and one."""
    await v201.booted()
    limit = {
        "component": {"name": "DeviceDataCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "GetVariables"},
    }
    await v201.ordered(
        "get_variables", [("GetVariables", read(limit, value="4"))], variables=[limit]
    )
    five = [OFFLINE | {"variable": {"name": f"Variable{n}"}} for n in range(5)]
    answers = [("GetVariables", read(*five[:4])), ("GetVariables", read(*five[4:]))]
    heard, outcome = await v201.ordered("get_variables", answers, variables=five)
    assert [len(part["getVariableData"]) for part in heard] == [4, 1]
    assert outcome["state"] == "confirmed"
    page = await tab("configuration")
    assert all(f"Variable{n}" in page for n in range(5))


@pytest.mark.parametrize("variables", [[OFFLINE], [OFFLINE, REMOTE]], ids=["one", "two"])
async def test_tc_b_09_10_csms(v201: Play201, variables: list[Any]) -> None:
    await v201.booted()
    values = {"OfflineThreshold": "123", "AuthorizeRemoteStart": "false"}
    known = [("GetVariables", read(*variables))]
    await v201.ordered("get_variables", known, variables=variables)
    wanted = [
        variable | {"attributeValue": values[variable["variable"]["name"]]}
        for variable in variables
    ]
    answers = [("SetVariables", written(*variables))]
    heard, outcome = await v201.ordered("set_variables", answers, variables=wanted)
    assert heard == [{"setVariableData": wanted}]
    assert outcome["state"] in {"accepted", "confirmed"}
    changed = await stored(OFFLINE)
    assert (changed.changed_by, changed.changed_command_id) == ("key suite", outcome["id"])
    assert not changed.needs_reboot
    known = [item | {"attributeStatus": "Accepted"} for item in wanted]
    await v201.answered("GetVariables", {"getVariableResult": known})
    await eventually(
        lambda: CommandRow.objects.get(name="set_variables", state="confirmed"), "the read-back"
    )
    page = await tab("configuration")
    for item in wanted:
        assert (await stored(item)).value == item["attributeValue"]
        assert item["variable"]["name"] in page


@pytest.mark.parametrize("evse", [{}, {"evse_id": 1}], ids=["station", "evse"])
async def test_tc_b_20_25_csms(v201: Play201, evse: dict[str, int]) -> None:
    await v201.booted()
    heard, outcome = await v201.ordered("reset", [("Reset", ACCEPTED)], mode="on_idle", **evse)
    assert heard == [{"type": "OnIdle"} | ({"evseId": 1} if evse else {})]
    assert outcome["state"] in {"accepted", "confirmed"}
    await v201.leave()
    await v201.connect()
    assert (await v201.boot("RemoteReset"))["status"] == "Accepted"
    await v201.status("Available")
    await confirmed_reset("RemoteReset")


@pytest.mark.parametrize("evse", [{}, {"evse_id": 1}], ids=["station", "evse"])
async def test_tc_b_21_26_csms(v201: Play201, evse: dict[str, int]) -> None:
    """It waits for the end of the transaction."""
    await v201.booted()
    await v201.charging()
    answers = [("Reset", {"status": "Scheduled"})]
    heard, outcome = await v201.ordered("reset", answers, mode="on_idle", **evse)
    assert heard[0]["type"] == "OnIdle"
    assert outcome["state"] == "accepted"
    await v201.stopped()
    assert (await v201.boot("ScheduledReset"))["status"] == "Accepted"
    assert (await rows(Session.objects.get)).state == "ended"
    await confirmed_reset("ScheduledReset")


@pytest.mark.parametrize("evse", [{}, {"evse_id": 1}], ids=["station", "evse"])
async def test_tc_b_22_27_csms(v201: Play201, evse: dict[str, int]) -> None:
    await v201.booted()
    await v201.charging()
    heard, _ = await v201.ordered("reset", [("Reset", ACCEPTED)], mode="immediate", **evse)
    assert heard[0]["type"] == "Immediate"
    info = {"stoppedReason": "ImmediateReset"}
    await v201.event("Ended", "ResetCommand", "EVConnected", wh=900, info=info)
    await v201.leave()
    await v201.connect()
    assert (await v201.boot("RemoteReset"))["status"] == "Accepted"
    await v201.status("Occupied")
    session = await rows(Session.objects.get)
    assert (session.stop_reason, session.energy_wh) == ("ImmediateReset", 900)
    assert (await rows(Connector.objects.get)).status == "Occupied"
    await confirmed_reset("RemoteReset")


@pytest.mark.parametrize("word", ["pending", "rejected"])
async def test_tc_b_30_csms(v201: Play201, word: str) -> None:
    await policy(v201, word)
    assert (await v201.boot())["status"] == word.capitalize()
    told = {"timestamp": now(), "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
    refused = await v201.wire.call("StatusNotification", told)
    assert (refused[0], refused[2]) == (4, "SecurityError")
    kept = await rows(lambda: Message.objects.get(action="StatusNotification"))
    assert (kept.result, kept.error_code) == ("refused", "SecurityError")
    assert not await rows(Connector.objects.exists)
    event = {
        "generatedAt": now(), "seqNo": 0,
        "eventData": [{
            "eventId": 1, "timestamp": now(), "trigger": "Alerting", "actualValue": "x",
            "eventNotificationType": "HardWiredNotification", "component": {"name": "EVSE"},
            "variable": {"name": "Problem"},
        }],
    }  # fmt: skip
    refused = await v201.wire.call("NotifyEvent", event)
    assert (refused[0], refused[2]) == (4, "SecurityError")
    assert not await rows(StationNotice.objects.exists)
    page = await tab("messages")
    assert all(word in page for word in ("NotifyEvent", "SecurityError"))
    words = {"pending": "In deployment", "rejected": "Rejected"}
    assert words[word] in await shown()


async def test_a_station_that_is_accepted_by_hand_is_called_back(v201: Play201) -> None:
    """The operator accepts it; it is called back by itself."""
    await policy(v201, "pending")
    assert (await v201.boot())["status"] == "Pending"
    path = f"stations/{v201.identity}/accept/"
    asked = asyncio.create_task(v201.operator.request("POST", path, {"reason": "x"}))
    heard = await v201.answered("TriggerMessage", ACCEPTED)
    assert heard == {"requestedMessage": "BootNotification"}
    assert (await asked)[0] == 200
    assert (await v201.boot("Triggered"))["status"] == "Accepted"
    await eventually(
        lambda: CommandRow.objects.get(name="trigger_message", state="confirmed"), "the boot"
    )
    station = await rows(Station.objects.get)
    assert (station.boot_policy, station.boot_reason) == ("accepted", "Triggered")


async def test_tc_b_31_csms(v201: Play201) -> None:
    await policy(v201, "pending")
    assert (await v201.boot())["status"] == "Pending"
    await policy(v201, "accepted")
    trigger = {"requestedMessage": "BootNotification"}
    heard, _ = await v201.told("TriggerMessage", trigger, ACCEPTED)
    assert heard == trigger
    assert (await v201.boot("Triggered"))["status"] == "Accepted"


@pytest.mark.parametrize("status", ["Accepted", "Failed"])
async def test_tc_b_42_44_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    profile = {
        "configurationSlot": 1,
        "connectionData": {
            "ocppVersion": "OCPP20",
            "ocppTransport": "JSON",
            "ocppCsmsUrl": "wss://csms.example/ocpp",
            "messageTimeout": 30,
            "securityProfile": 2,
            "ocppInterface": "Wired0",
        },
    }
    heard, outcome = await v201.told("SetNetworkProfile", profile, {"status": status})
    assert heard == profile
    assert outcome["status"] == ("accepted" if status == "Accepted" else "rejected")
    assert await v201.wire.is_alive()
    given = {"slot": 1, "profile": 2, "url": "wss://csms.example/ocpp"}
    answers = [("SetNetworkProfile", {"status": status})]
    heard, outcome = await v201.ordered("set_network_profile", answers, **given)
    assert heard == [profile], "the command says the same"
    assert outcome["state"] == ("confirmed" if status == "Accepted" else "rejected")
    page = await shown(f"/commands/{outcome['id']}/")
    assert ("Confirmed" if status == "Accepted" else "Rejected") in page


async def test_tc_b_58_csms(v201: Play201) -> None:
    await v201.leave()
    with pytest.raises(Exception, match="400"):
        await dial(v201.server.ocpp, "CP1", subprotocols=["ocpp0.1"])
    words = "Offered: ocpp0.1. Spoken here: ocpp2.0.1, ocpp1.6."
    assert (await rows(Refusal.objects.get)).detail == words
    assert words in await tab("security")
    assert words in await shown("/stations/")
    await v201.connect(subprotocols=["ocpp0.1", "ocpp2.0.1"])
    assert v201.wire.socket.subprotocol == "ocpp2.0.1"
    assert (await rows(Station.objects.get)).protocol == "ocpp2.0.1"
    await v201.booted()
