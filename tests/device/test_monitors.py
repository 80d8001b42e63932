"""Monitors as they are set, reported and cleared; events, and the alerts among them."""

from typing import Any

import pytest

from apps.commands.abilities import refusal
from apps.device.alerts import joined
from apps.device.models import DeviceEvent, Monitor, Monitoring
from apps.device.services import prepare
from apps.domain.command import BadParameters
from apps.domain.commands import SetVariables
from apps.domain.device import (
    GetMonitoringReport,
    GetReport,
    ReadDeviceModel,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from apps.domain.maintenance import ClearMonitors, SetMonitors
from apps.stations.models import Station, Variable
from tests.device.conftest import NOW, Mouth

pytestmark = pytest.mark.django_db(transaction=True)
POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
WANTED = POWER | {"value": 11000, "type": "UpperThreshold", "severity": 4}


def result(number: int, **more: Any) -> dict[str, Any]:
    answer = POWER | {"type": "UpperThreshold", "severity": 4, "status": "Accepted", "id": number}
    return {"setMonitoringResult": [answer | more]}


def reported(request_id: int, *numbers: int, seq: int = 0, more: bool = False) -> dict[str, Any]:
    told = [
        {"id": n, "transaction": False, "value": 5, "type": "Delta", "severity": 8} for n in numbers
    ]
    return {
        "requestId": request_id, "seqNo": seq, "tbc": more, "generatedAt": "2026-03-01T12:00:00Z",
        "monitor": [POWER | {"variableMonitoring": told}],
    }  # fmt: skip


def numbers() -> list[int]:
    return sorted(Monitor.objects.values_list("number", flat=True))


def test_a_monitor_is_set_and_cleared_as_the_station_answers(mouth: Mouth) -> None:
    mouth.answers(mouth.is_sent(SetMonitors((WANTED,))), result(7))
    monitor = Monitor.objects.get()
    assert (monitor.number, monitor.component, monitor.variable) == (7, "EVSE", "Power")
    assert (monitor.evse_id, monitor.kind, monitor.value) == (1, "UpperThreshold", 11000.0)
    assert (monitor.severity, monitor.origin, monitor.actor) == (4, "custom", "Anna")
    cleared = {"clearMonitoringResult": [{"id": 7, "status": "Rejected"}]}
    mouth.answers(mouth.is_sent(ClearMonitors((7,))), cleared)
    assert numbers() == [7]
    cleared = {"clearMonitoringResult": [{"id": 7, "status": "NotFound"}]}
    mouth.answers(mouth.is_sent(ClearMonitors((7,))), cleared)
    assert numbers() == []


def test_a_monitor_that_was_refused_is_none(mouth: Mouth) -> None:
    row = mouth.answers(mouth.is_sent(SetMonitors((WANTED,))), result(7, status="Rejected"))
    assert (row.state, numbers()) == ("rejected", [])


def test_a_report_of_all_monitors_replaces_what_was_known(mouth: Mouth) -> None:
    mouth.answers(mouth.is_sent(SetMonitors((WANTED,))), result(7))
    some = mouth.is_sent(GetMonitoringReport(("delta",)))
    mouth.answers(some, {"status": "Accepted"})
    mouth.tells("NotifyMonitoringReport", reported(some.pk, 8))
    assert numbers() == [7, 8]
    row = mouth.is_sent(GetMonitoringReport())
    mouth.answers(row, {"status": "Accepted"})
    mouth.tells("NotifyMonitoringReport", reported(row.pk, 9, seq=1))
    mouth.tells("NotifyMonitoringReport", reported(row.pk, 8, more=True))
    row.refresh_from_db()
    assert (row.state, row.observed) == ("confirmed", "Report complete: 2 monitors in 2 parts")
    assert numbers() == [8, 9]
    none = mouth.is_sent(GetMonitoringReport())
    mouth.answers(none, {"status": "EmptyResultSet"})
    assert numbers() == []


def test_base_and_level_are_kept_and_a_base_takes_our_monitors_away(mouth: Mouth) -> None:
    mouth.answers(mouth.is_sent(SetMonitors((WANTED,))), result(7))
    mouth.answers(mouth.is_sent(SetMonitoringBase("all")), {"status": "Accepted"})
    assert numbers() == [7]
    mouth.answers(mouth.is_sent(SetMonitoringLevel(4), "Bo"), {"status": "Accepted"})
    mouth.answers(mouth.is_sent(SetMonitoringLevel(9)), {"status": "Rejected"})
    mouth.answers(mouth.is_sent(SetMonitoringBase("hard_wired_only")), {"status": "Accepted"})
    known = Monitoring.objects.get()
    assert (known.base, known.base_by, known.base_at) == ("hard_wired_only", "Anna", NOW)
    assert (known.level, known.level_by) == (4, "Bo")
    assert numbers() == []


def happened(number: int, minute: int, **more: Any) -> dict[str, Any]:
    return POWER | {
        "eventId": number, "timestamp": f"2026-03-01T11:{minute:02}:00Z", "trigger": "Alerting",
        "actualValue": "12000", "eventNotificationType": "CustomMonitor", "variableMonitoringId": 7,
    } | more  # fmt: skip


def tell(mouth: Mouth, *entries: dict[str, Any]) -> None:
    told = {"generatedAt": "2026-03-01T11:59:00Z", "seqNo": 0, "eventData": list(entries)}
    mouth.tells("NotifyEvent", told)


def test_an_event_is_kept_once_with_the_severity_of_its_monitor(mouth: Mouth) -> None:
    mouth.answers(mouth.is_sent(SetMonitors((WANTED,))), result(7))
    alert = happened(1, 10, techCode="P1", techInfo="too much", transactionId="T-1", cause=0)
    tell(mouth, alert)
    tell(mouth, alert, happened(2, 11))
    first, second = DeviceEvent.objects.order_by("at")
    assert (first.event_id, second.event_id, first.severity) == (1, 2, 4)
    assert (first.component, first.evse_id, first.value) == ("EVSE", 1, "12000")
    assert (first.tech_code, first.tech_info, first.cause) == ("P1", "too much", 0)
    assert (first.transaction_id, first.monitor_number) == ("T-1", 7)
    assert first.received_at == NOW


def test_an_event_tells_who_made_its_monitor(mouth: Mouth) -> None:
    mouth.tells("NotifyMonitoringReport", reported(1, 7))
    assert Monitor.objects.get().origin == ""
    tell(mouth, happened(1, 10, eventNotificationType="HardWiredMonitor"))
    assert Monitor.objects.get().origin == "hard_wired"


def test_an_alert_and_its_clearing_are_one_line(mouth: Mouth) -> None:
    tell(mouth, happened(3, 15, cleared=True, actualValue="9000"))
    tell(mouth, happened(1, 10), happened(2, 12), happened(4, 20))
    tell(mouth, happened(5, 21, variableMonitoringId=8, cleared=True))
    lines = [
        (line.event.event_id, line.clearing and line.clearing.event_id, line.is_open)
        for line in joined(DeviceEvent.objects.all())
    ]
    assert lines == [(5, None, False), (4, None, True), (2, 3, False), (1, 3, False)]


@pytest.fixture
def station(mouth: Mouth) -> Station:
    Station.objects.update(protocol="ocpp2.0.1")
    facts: dict[str, Any] = {"station_id": mouth.ref.id, "read_at": NOW, "evse_id": 1}
    Variable.objects.create(component="EVSE", variable="Power", data_type="decimal", **facts)
    Variable.objects.create(
        component="EVSE", variable="Mute", data_type="integer", supports_monitoring=False, **facts
    )
    Variable.objects.create(component="EVSE", variable="Open", data_type="boolean", **facts)
    return mouth.station


@pytest.mark.parametrize(
    ("variable", "more", "words"),
    [
        ("Power", {}, ""),
        ("Unheard", {}, ""),
        ("Mute", {}, "cannot watch Mute"),
        ("Open", {}, "Open is no number and has no threshold"),
        ("Open", {"type": "Delta", "value": 5}, "so Delta is 1"),
        ("Open", {"type": "Delta", "value": 1}, ""),
        ("Power", {"type": "Periodic", "value": 0}, "its seconds, above 0"),
    ],
)
def test_a_monitor_is_held_against_the_device_model(
    station: Station, variable: str, more: dict[str, Any], words: str
) -> None:
    command = SetMonitors((WANTED | {"variable": {"name": variable}} | more,))
    if not words:
        assert prepare(station, command) is command
        return
    with pytest.raises(BadParameters, match=words):
        prepare(station, command)


def test_values_are_refused_before_they_are_queued(station: Station) -> None:
    item = POWER | {"attributeValue": "much"}
    with pytest.raises(BadParameters, match="Power is a number, not “much”"):
        prepare(station, SetVariables((item,)))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (ReadDeviceModel("summary"), "one report only"),
        (GetReport(("problem",)), "no criteria"),
        (GetMonitoringReport(), "no monitors"),
        (SetMonitoringLevel(4), "no monitors"),
        (ClearMonitors((1,)), "no monitors"),
    ],
)
def test_what_a_version_does_not_know_is_refused(mouth: Mouth, command: Any, words: str) -> None:
    assert words in refusal("ocpp1.6", command)
    assert refusal("", command) == ""
    assert refusal(mouth.station.protocol, command) == ""
