"""B: provisioning."""

from typing import Any

import pytest

from apps.device.models import Report
from apps.journal.models import Message
from apps.sessions.models import Session
from apps.stations.models import Connector, Station, Variable
from tests.conformance.play import Play201, confirmed, now
from tests.servers import rows
from tests.wire import dial

ACCEPTED = {"status": "Accepted"}
OFFLINE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"}}
REMOTE = {"component": {"name": "AuthCtrlr"}, "variable": {"name": "AuthorizeRemoteStart"}}


async def policy(play: Play201, word: str) -> None:
    """The operator decides what the station's boot is answered."""
    path = f"stations/{play.identity}/"
    status, _ = await play.operator.request("PATCH", path, {"boot_policy": word})
    assert status == 200


def read(*variables: Any, value: str = "60") -> dict[str, Any]:
    """An answer to GetVariables."""
    known = {"attributeStatus": "Accepted", "attributeValue": value}
    return {"getVariableResult": [variable | known for variable in variables]}


def written(*variables: Any, status: str = "Accepted") -> dict[str, Any]:
    """An answer to SetVariables."""
    return {"setVariableResult": [variable | {"attributeStatus": status} for variable in variables]}


GONE = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "Gone"}}


async def stored(variable: Any) -> Variable:
    names = {"component": variable["component"]["name"], "variable": variable["variable"]["name"]}
    return await rows(lambda: Variable.objects.get(**names))


async def test_tc_b_01_csms(v201: Play201) -> None:
    answer = await v201.boot()
    assert answer["status"] == "Accepted"
    assert answer["interval"] > 0
    assert answer["currentTime"].endswith("Z")
    await v201.status("Available")
    station = await rows(Station.objects.get)
    assert (station.vendor, station.boot_status) == ("Conformance", "Accepted")


async def test_tc_b_02_csms(v201: Play201) -> None:
    await policy(v201, "pending")
    assert (await v201.boot())["status"] == "Pending"
    heard, outcome = await v201.told("GetVariables", {"getVariableData": [OFFLINE]}, read(OFFLINE))
    assert heard == {"getVariableData": [OFFLINE]}
    assert outcome["status"] == "accepted"
    await policy(v201, "accepted")
    assert (await v201.boot())["status"] == "Accepted"
    await v201.status("Available")


@pytest.mark.parametrize("variables", [[OFFLINE], [OFFLINE, REMOTE]], ids=["one", "two"])
async def test_tc_b_06_07_csms(v201: Play201, variables: list[Any]) -> None:
    await v201.booted()
    answers = [("GetVariables", read(*variables))]
    heard, outcome = await v201.ordered("get_variables", answers, variables=variables)
    assert heard == [{"getVariableData": variables}]
    assert outcome["state"] == "confirmed"
    assert (await stored(OFFLINE)).value == "60"


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


async def told_in_two_parts(play: Play201, request_id: int) -> None:
    attribute = {"value": "300", "mutability": "ReadWrite"}
    traits = {"dataType": "integer", "unit": "s", "supportsMonitoring": False}
    for seq_no, variable in enumerate((OFFLINE, REMOTE)):
        told = {"variableAttribute": [attribute], "variableCharacteristics": traits}
        part = {
            "requestId": request_id,
            "generatedAt": now(),
            "seqNo": seq_no,
            "tbc": seq_no == 0,
            "reportData": [variable | told],
        }
        assert await play.ask("NotifyReport", part) == {}


BASES = {
    "ConfigurationInventory": "configuration",
    "FullInventory": "full",
    "SummaryInventory": "summary",
}


@pytest.mark.parametrize("base", BASES)
async def test_tc_b_12_13_14_csms(v201: Play201, base: str) -> None:
    """The report comes in parts, and is put together; what a full one does not name goes."""
    await v201.booted()
    await v201.ordered("get_variables", [("GetVariables", read(GONE))], variables=[GONE])
    heard, _ = await v201.told("GetBaseReport", {"requestId": 7, "reportBase": base}, ACCEPTED)
    assert heard == {"requestId": 7, "reportBase": base}
    await told_in_two_parts(v201, 7)
    offline = await stored(OFFLINE)
    assert (offline.value, offline.data_type, offline.unit) == ("300", "integer", "s")
    assert (await stored(REMOTE)).mutability == "ReadWrite"
    report = await rows(Report.objects.get)
    assert (report.request_id, report.kind, report.state) == (7, "variables", "complete")
    assert (report.seqs, report.last_seq, report.items) == ("0-1", 1, 2)
    assert report.asked == {"base": BASES[base]}
    is_kept = await rows(Variable.objects.filter(variable="Gone").exists)
    assert is_kept is (base != "FullInventory")


@pytest.mark.parametrize("base", BASES)
async def test_tc_b_12_13_14_csms_in_our_own_words(v201: Play201, base: str) -> None:
    """The command is confirmed by the whole report, and shown."""
    await v201.booted()
    heard, outcome = await v201.ordered(
        "read_device_model", [("GetBaseReport", ACCEPTED)], base=BASES[base]
    )
    assert heard == [{"requestId": outcome["id"], "reportBase": base}]
    assert outcome["state"] == "accepted"
    await told_in_two_parts(v201, outcome["id"])
    await confirmed(v201, outcome, "Report complete: 2 variables in 2 parts")
    _, page = await v201.operator.request("GET", f"stations/{v201.identity}/reports/")
    shown = page["results"][0]
    assert (shown["state"], shown["parts"], shown["actor"]) == ("complete", 2, "key suite")


async def test_a_summary_that_is_not_supported_is_told(v201: Play201) -> None:
    await v201.booted()
    answer = [("GetBaseReport", {"status": "NotSupported"})]
    _, outcome = await v201.ordered("read_device_model", answer, base="summary")
    assert (outcome["state"], outcome["detail"]) == ("rejected", "NotSupported")


async def test_tc_b_18_csms(v201: Play201) -> None:
    await v201.booted()
    plug = {
        "component": {"name": "EVSE", "evse": {"id": 1}},
        "variable": {"name": "AvailabilityState"},
    }
    problem = {"requestId": 1, "componentCriteria": ["Problem"], "componentVariable": [plug]}
    _, outcome = await v201.told("GetReport", problem, {"status": "EmptyResultSet"})
    assert outcome["response"] == {"status": "EmptyResultSet"}
    available = {"requestId": 2, "componentCriteria": ["Available"], "componentVariable": [plug]}
    _, outcome = await v201.told("GetReport", available, ACCEPTED)
    assert outcome["status"] == "accepted"
    data = plug | {"variableAttribute": [{"value": "Available"}]}
    part = {"requestId": 2, "generatedAt": now(), "seqNo": 0, "reportData": [data]}
    assert await v201.ask("NotifyReport", part) == {}
    assert (await stored(plug)).evse_id == 1
    states = await rows(lambda: list(Report.objects.order_by("id").values_list("state", flat=True)))
    assert states == ["empty", "complete"]


async def test_tc_b_18_csms_in_our_own_words(v201: Play201) -> None:
    """Nothing to report is a result; a report of some variables is one of its own."""
    await v201.booted()
    plug = {"component": {"name": "EVSE", "evse": {"id": 1}}}
    empty = [("GetReport", {"status": "EmptyResultSet"})]
    heard, outcome = await v201.ordered("get_report", empty, criteria=["problem"], variables=[plug])
    assert heard[0]["componentCriteria"] == ["Problem"]
    assert heard[0]["componentVariable"] == [plug]
    await confirmed(v201, outcome, "The station has nothing to report")
    _, outcome = await v201.ordered("get_report", [("GetReport", ACCEPTED)], variables=[plug])
    data = plug | {
        "variable": {"name": "AvailabilityState"},
        "variableAttribute": [{"value": "Available"}],
    }
    part = {"requestId": outcome["id"], "generatedAt": now(), "seqNo": 0, "reportData": [data]}
    assert await v201.ask("NotifyReport", part) == {}
    await confirmed(v201, outcome, "Report complete: 1 variable in 1 part")


async def test_a_report_of_more_variables_than_fit_is_split(v201: Play201) -> None:
    """Each part under a number of its own: their seqNo both begin with 0 (L-01)."""
    await v201.booted()
    limit = {
        "component": {"name": "DeviceDataCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "GetReport"},
    }
    await v201.ordered(
        "get_variables", [("GetVariables", read(limit, value="2"))], variables=[limit]
    )
    three = [OFFLINE | {"variable": {"name": f"Variable{n}"}} for n in range(3)]
    answers = [("GetReport", ACCEPTED), ("GetReport", ACCEPTED)]
    heard, outcome = await v201.ordered("get_report", answers, variables=three)
    assert [part["componentVariable"] for part in heard] == [three[:2], three[2:]]
    numbers = [part["requestId"] for part in heard]
    assert len(set(numbers)) == 2
    for number, variables in zip(numbers, (three[:2], three[2:]), strict=True):
        data = [variable | {"variableAttribute": [{"value": "1"}]} for variable in variables]
        part = {"requestId": number, "generatedAt": now(), "seqNo": 0, "reportData": data}
        assert await v201.ask("NotifyReport", part) == {}
    await confirmed(v201, outcome, "Report complete: 3 variables in 2 parts")


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


async def test_tc_b_58_csms(v201: Play201) -> None:
    await v201.leave()
    with pytest.raises(Exception, match="400"):
        await dial(v201.server.ocpp, "CP1", subprotocols=["ocpp0.1"])
    await v201.connect(subprotocols=["ocpp0.1", "ocpp2.0.1"])
    assert v201.wire.socket.subprotocol == "ocpp2.0.1"
    await v201.booted()
