"""N: diagnostics – monitors, logs, customer information."""

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from apps.device.models import DeviceEvent, Monitor, Monitoring, Report
from apps.stations.models import Station, StationNotice
from tests.conformance.play import TOKEN, Play201, now
from tests.servers import rows

ACCEPTED = {"status": "Accepted"}
PLUG = {
    "component": {"name": "EVSE", "evse": {"id": 1}},
    "variable": {"name": "AvailabilityState"},
}
STATION = {"component": {"name": "ChargingStation"}, "variable": {"name": "AvailabilityState"}}


BASES = {
    "All": "all",
    "FactoryDefault": "factory_default",
    "HardWiredOnly": "hard_wired_only",
}


async def played(
    play: Play201, action: str, payload: dict[str, Any], answer: dict[str, Any]
) -> Any:
    """The call reaches the station as it is, the answer the operator; its outcome."""
    heard, outcome = await play.told(action, payload, answer)
    assert heard == payload
    assert outcome["response"] == answer
    return outcome["status"]


async def report(play: Play201, request_id: int) -> None:
    """A NotifyMonitoringReport in two parts."""
    for seq_no, monitored in enumerate((PLUG, STATION)):
        monitor = {"id": seq_no + 1, "transaction": False, "value": 1, "type": "Delta"}
        monitor |= {"severity": 8}
        part = {
            "requestId": request_id,
            "seqNo": seq_no,
            "generatedAt": now(),
            "tbc": seq_no == 0,
            "monitor": [monitored | {"variableMonitoring": [monitor]}],
        }
        assert await play.ask("NotifyMonitoringReport", part) == {}


async def numbers() -> list[int]:
    """Of the monitors that we know."""
    return await rows(lambda: sorted(Monitor.objects.values_list("number", flat=True)))


def known(play: Play201, number: int) -> None:
    """A monitor of before."""
    Monitor.objects.create(
        station=Station.objects.get(identity=play.identity), number=number, component="X",
        variable="Y", kind="Delta", value=1, severity=9, seen_at=timezone.now(), origin="custom",
    )  # fmt: skip


async def latest() -> Report:
    return await rows(lambda: Report.objects.latest("pk"))


async def test_tc_n_01_csms(v201: Play201) -> None:
    await v201.booted()
    deltas = {"requestId": 1, "monitoringCriteria": ["DeltaMonitoring"]}
    empty = {"status": "EmptyResultSet"}
    await played(v201, "GetMonitoringReport", deltas, empty)
    told = await latest()
    assert (told.kind, told.state, told.asked) == ("monitors", "empty", {"criteria": ["delta"]})
    thresholds = {"requestId": 2, "monitoringCriteria": ["ThresholdMonitoring"]}
    assert await played(v201, "GetMonitoringReport", thresholds, ACCEPTED) == "accepted"
    await report(v201, 2)
    told = await latest()
    assert (told.request_id, told.state, told.items, told.seqs) == (2, "complete", 2, "0-1")
    assert await numbers() == [1, 2]


@pytest.mark.parametrize(
    "wanted",
    [
        {"componentVariable": [PLUG]},
        {"componentVariable": [PLUG], "monitoringCriteria": ["DeltaMonitoring"]},
        {"componentVariable": [PLUG, STATION], "monitoringCriteria": ["DeltaMonitoring"]},
        {},
    ],
    ids=["by_variable", "criteria_one", "criteria_several", "all"],
)
async def test_tc_n_02_03_47_60_csms(v201: Play201, wanted: dict[str, Any]) -> None:
    await v201.booted()
    request = {"requestId": 3} | wanted
    assert await played(v201, "GetMonitoringReport", request, ACCEPTED) == "accepted"
    await rows(lambda: known(v201, 9))
    await report(v201, 3)
    assert (await latest()).state == "complete"
    assert await numbers() == ([1, 2, 9] if wanted else [1, 2])
    plug = await rows(lambda: Monitor.objects.get(number=1))
    assert (plug.component, plug.variable, plug.evse_id) == ("EVSE", "AvailabilityState", 1)
    assert (plug.kind, plug.value, plug.severity) == ("Delta", 1.0, 8)
    _, page = await v201.operator.request("GET", f"stations/{v201.identity}/monitors/")
    assert [monitor["id"] for monitor in page["results"]][:2] == [1, 2]


@pytest.mark.parametrize("base", BASES)
async def test_tc_n_05_csms(v201: Play201, base: str) -> None:
    await v201.booted()
    request = {"monitoringBase": base}
    await rows(lambda: known(v201, 9))
    assert await played(v201, "SetMonitoringBase", request, ACCEPTED) == "accepted"
    told = await rows(Monitoring.objects.get)
    assert (told.base, told.base_by) == (BASES[base], "key suite")
    assert await numbers() == ([9] if base == "All" else [])


@pytest.mark.parametrize("places", [[PLUG], [PLUG, STATION]], ids=["evse", "both"])
async def test_tc_n_08_09_csms(v201: Play201, places: list[Any]) -> None:
    await v201.booted()
    wanted = [place | {"type": "Delta", "value": 1, "severity": 8} for place in places]
    results = [
        place | {"id": n, "type": "Delta", "severity": 8, "status": "Accepted"}
        for n, place in enumerate(places, 1)
    ]
    answer = {"setMonitoringResult": results}
    await played(v201, "SetVariableMonitoring", {"setMonitoringData": wanted}, answer)
    assert await numbers() == list(range(1, len(places) + 1))
    plug = await rows(lambda: Monitor.objects.get(number=1))
    assert (plug.kind, plug.value, plug.severity, plug.origin) == ("Delta", 1.0, 8, "custom")


@pytest.mark.parametrize("status", ["Accepted", "Rejected"])
async def test_tc_n_16_17_csms(v201: Play201, status: str) -> None:
    await v201.booted()
    outcome = await played(v201, "SetMonitoringLevel", {"severity": 4}, {"status": status})
    assert outcome == status.lower()
    levels = await rows(lambda: list(Monitoring.objects.values_list("level", flat=True)))
    assert levels == ([4] if status == "Accepted" else [])


@pytest.mark.parametrize(
    "more",
    [
        {"trigger": "Alerting", "eventNotificationType": "HardWiredMonitor"},
        {"trigger": "Periodic", "eventNotificationType": "CustomMonitor"},
        {"trigger": "Delta", "eventNotificationType": "CustomMonitor", "actualValue": ""},
        {"trigger": "Alerting", "eventNotificationType": "HardWiredMonitor", "cleared": True},
        {"trigger": "Periodic", "eventNotificationType": "HardWiredNotification"},
    ],
    ids=["hard_wired", "periodic", "empty", "cleared", "trigger"],
)
async def test_tc_n_21_24_48_49_50_csms(v201: Play201, more: dict[str, Any]) -> None:
    await v201.booted()
    happened = {"eventId": 1, "timestamp": now(), "actualValue": "12"} | STATION | more
    told = {"generatedAt": now(), "seqNo": 0, "eventData": [happened]}
    assert await v201.ask("NotifyEvent", told) == {}
    assert await v201.ask("NotifyEvent", told) == {}
    event = await rows(DeviceEvent.objects.get)
    assert (event.component, event.variable) == ("ChargingStation", "AvailabilityState")
    assert (event.value, event.trigger) == (more.get("actualValue", "12"), more["trigger"])
    assert event.kind == more["eventNotificationType"]
    assert event.is_cleared is more.get("cleared", False)


async def test_tc_n_18_csms(v201: Play201) -> None:
    """Three monitors, at most two in a message: two and one."""
    await v201.booted()
    limit = {
        "component": {"name": "MonitoringCtrlr"},
        "variable": {"name": "ItemsPerMessage", "instance": "ClearVariableMonitoring"},
    }
    told = limit | {"attributeStatus": "Accepted", "attributeValue": "2"}
    answer = {"getVariableResult": [told]}
    await v201.ordered("get_variables", [("GetVariables", answer)], variables=[limit])
    cleared = [
        {"clearMonitoringResult": [{"id": n, "status": "Accepted"} for n in part]}
        for part in ((1, 2), (3,))
    ]
    for number in (1, 2, 3, 4):
        await rows(partial(known, v201, number))
    answers = [("ClearVariableMonitoring", part) for part in cleared]
    heard, outcome = await v201.ordered("clear_monitors", answers, ids=[1, 2, 3])
    assert heard == [{"id": [1, 2]}, {"id": [3]}]
    assert outcome["state"] == "confirmed"
    assert await numbers() == [4]


async def test_tc_n_44_csms(v201: Play201) -> None:
    await v201.booted()
    await rows(lambda: known(v201, 1))
    answer = {"clearMonitoringResult": [{"id": 1, "status": "Rejected"}]}
    await played(v201, "ClearVariableMonitoring", {"id": [1]}, answer)
    assert await v201.wire.is_alive()
    assert await numbers() == [1]


def log(request_id: int = 1, kind: str = "DiagnosticsLog") -> dict[str, Any]:
    where = {"remoteLocation": "https://files.example/logs/"}
    return {"requestId": request_id, "logType": kind, "log": where}


async def uploads(play: Play201, *statuses: str, request_id: int = 1) -> None:
    for status in statuses:
        told = {"status": status, "requestId": request_id}
        assert await play.ask("LogStatusNotification", told) == {}
    station = await rows(Station.objects.get)
    assert station.log_status == statuses[-1]


@pytest.mark.parametrize("kind", ["DiagnosticsLog", "SecurityLog"])
async def test_tc_n_25_35_csms(v201: Play201, kind: str) -> None:
    await v201.booted()
    answer = ACCEPTED | {"filename": "log.txt"}
    assert await played(v201, "GetLog", log(kind=kind), answer) == "accepted"
    await uploads(v201, "Uploading", "Uploaded")
    assert await rows(StationNotice.objects.filter(kind="log").count) == 2


async def test_tc_n_34_csms(v201: Play201) -> None:
    await v201.booted()
    assert await played(v201, "GetLog", log(), {"status": "Rejected"}) == "rejected"


async def test_tc_n_36_csms(v201: Play201) -> None:
    """The second takes the place of the first."""
    await v201.booted()
    await played(v201, "GetLog", log(), ACCEPTED)
    await uploads(v201, "Uploading")
    assert await played(v201, "GetLog", log(2), {"status": "AcceptedCanceled"}) == "accepted"
    await uploads(v201, "AcceptedCanceled")
    await uploads(v201, "Uploading", "Uploaded", request_id=2)


@pytest.mark.parametrize("wanted", [(True, False), (True, True)], ids=["report", "clear_too"])
@pytest.mark.parametrize("data", ["AB12 charged twice", ""], ids=["data", "none"])
async def test_tc_n_27_28_30_31_csms(v201: Play201, wanted: tuple[bool, bool], data: str) -> None:
    await v201.booted()
    report, clear = wanted
    request = {"requestId": 5, "report": report, "clear": clear, "idToken": TOKEN}
    assert await played(v201, "CustomerInformation", request, ACCEPTED) == "accepted"
    for seq_no in (0, 1):
        part = {"data": data, "seqNo": seq_no, "generatedAt": now(), "requestId": 5}
        assert await v201.ask("NotifyCustomerInformation", part | {"tbc": seq_no == 0}) == {}
    told = await latest()
    assert (told.kind, told.state, told.text) == ("customer", "complete", data * 2)
    assert told.asked.get("token") == TOKEN["idToken"]
    assert told.asked.get("clear", False) is clear


async def test_tc_n_29_csms(v201: Play201) -> None:
    await v201.booted()
    request = {"requestId": 5, "report": True, "clear": False, "idToken": TOKEN}
    answer = {"status": "Rejected"}
    assert await played(v201, "CustomerInformation", request, answer) == "rejected"
    assert not await rows(Report.objects.exists)


async def test_tc_n_32_csms(v201: Play201) -> None:
    await v201.booted()
    request = {"requestId": 5, "report": False, "clear": True, "idToken": TOKEN}
    assert await played(v201, "CustomerInformation", request, ACCEPTED) == "accepted"
    part = {"data": "", "seqNo": 0, "generatedAt": now(), "requestId": 5}
    assert await v201.ask("NotifyCustomerInformation", part) == {}


@pytest.mark.parametrize(
    "whom",
    [
        {"customerIdentifier": "OpenChargeAlliance"},
        {
            "customerCertificate": {
                "hashAlgorithm": "SHA256",
                "issuerNameHash": "aa" * 32,
                "issuerKeyHash": "bb" * 32,
                "serialNumber": "1f",
            }
        },
    ],
    ids=["identifier", "certificate"],
)
async def test_tc_n_62_63_csms(v201: Play201, whom: dict[str, Any]) -> None:
    await v201.booted()
    request = {"requestId": 6, "report": True, "clear": True} | whom
    assert await played(v201, "CustomerInformation", request, ACCEPTED) == "accepted"
    part = {"data": "nothing", "seqNo": 0, "generatedAt": now(), "requestId": 6}
    assert await v201.ask("NotifyCustomerInformation", part) == {}
