from datetime import UTC, datetime
from typing import Any

import pytest

from apps.domain.device import CustomerTold, MonitorsReported, MonitorTold
from apps.domain.events import (
    ConnectorStatusChanged,
    EventsNotified,
    FirmwareProgressed,
    NotifiedEvent,
    Sample,
    SamplesTaken,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    SessionUpdated,
    StationBooted,
    Token,
    TokenPresented,
    VariablesReported,
    VariableValue,
)
from apps.domain.vocabulary import ChargingState, ConnectorStatus
from apps.protocol.v201.inbound import read

NOW = datetime(2025, 3, 4, 8, 0, 5, tzinfo=UTC)
AT = datetime(2025, 3, 4, 8, 0, tzinfo=UTC)
MOMENT = "2025-03-04T08:00:00Z"
EVENT: dict[str, Any] = {
    "eventType": "Updated", "timestamp": MOMENT, "triggerReason": "ChargingStateChanged",
    "seqNo": 3, "transactionInfo": {"transactionId": "T-1"},
}  # fmt: skip
RICH = EVENT | {
    "offline": True,
    "reservationId": 4,
    "evse": {"id": 2, "connectorId": 1},
    "idToken": {"idToken": "AbC", "type": "ISO14443"},
    "transactionInfo": {
        "transactionId": "T-1", "chargingState": "SuspendedEV", "remoteStartId": 9,
        "stoppedReason": "EVDisconnected",
    },
    "meterValue": [{"timestamp": MOMENT, "sampledValue": [{"value": 700}]}],
}  # fmt: skip


def test_a_transaction_event_is_read_in_full() -> None:
    assert read("TransactionEvent", RICH, NOW) == SessionUpdated(
        at=AT, transaction_id="T-1", seq=3, evse_id=2, connector_id=1,
        token=Token("AbC", "ISO14443"), charging_state=ChargingState.SUSPENDED_EV,
        trigger="ChargingStateChanged", remote_start_id=9, reservation_id=4, is_offline=True,
        samples=(Sample(AT, register_wh=700.0),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "event"),
    [("Started", SessionStarted), ("Updated", SessionUpdated), ("Ended", SessionEnded)],
)
def test_the_event_type_decides_and_the_rest_may_be_absent(
    kind: str, event: type[SessionEvent]
) -> None:
    found = read("TransactionEvent", EVENT | {"eventType": kind}, NOW)
    assert found == event(at=AT, transaction_id="T-1", seq=3, trigger="ChargingStateChanged")


def test_x12_a_stop_without_a_reason_is_local() -> None:
    ended = read("TransactionEvent", EVENT | {"eventType": "Ended"}, NOW)
    named = read("TransactionEvent", RICH | {"eventType": "Ended"}, NOW)
    assert isinstance(ended, SessionEnded)
    assert isinstance(named, SessionEnded)
    assert (ended.stop_reason, named.stop_reason) == ("Local", "EVDisconnected")


def test_x10_an_empty_token_of_no_authorization_is_a_token() -> None:
    token = {"idToken": "", "type": "NoAuthorization"}
    event = read("TransactionEvent", EVENT | {"idToken": token}, NOW)
    assert isinstance(event, SessionUpdated)
    assert event.token == Token("", "NoAuthorization")


@pytest.mark.parametrize("seq", [-1, 2**31, 1e300])
def test_a_sequence_number_that_cannot_be_kept_is_none(seq: float) -> None:
    event = read("TransactionEvent", EVENT | {"seqNo": seq}, NOW)
    assert isinstance(event, SessionUpdated)
    assert event.seq is None


def entry(component: dict[str, Any], variable: str, value: str, **more: Any) -> dict[str, Any]:
    return {
        "eventId": 1, "timestamp": MOMENT, "trigger": "Delta", "actualValue": value,
        "eventNotificationType": "HardWiredNotification", "component": component,
        "variable": {"name": variable}, **more,
    }  # fmt: skip


def notice(
    component: str, value: str, evse_id: int | None = None, connector_id: int | None = None,
    variable: str = "AvailabilityState", **more: Any,
) -> NotifiedEvent:  # fmt: skip
    return NotifiedEvent(
        component, variable, value, AT, evse_id, connector_id=connector_id, event_id=1,
        trigger="Delta", kind="HardWiredNotification", **more,
    )  # fmt: skip


def test_an_event_tells_all_that_it_may() -> None:
    full = entry(
        {"name": "EVSE", "instance": "A", "evse": {"id": 1}}, "Power", "12000",
        cause=3, techCode="P12", techInfo="too much", transactionId="T-1", variableMonitoringId=7,
        trigger="Alerting", eventNotificationType="CustomMonitor",
    ) | {"variable": {"name": "Power", "instance": "L1"}}  # fmt: skip
    told = read("NotifyEvent", {"generatedAt": MOMENT, "seqNo": 0, "eventData": [full]}, NOW)
    assert isinstance(told, EventsNotified)
    assert told.events == (
        NotifiedEvent(
            "EVSE", "Power", "12000", AT, 1, component_instance="A", variable_instance="L1",
            event_id=1, trigger="Alerting", kind="CustomMonitor", cause=3, tech_code="P12",
            tech_info="too much", transaction_id="T-1", monitor_id=7,
        ),
    )  # fmt: skip
    assert told.generated_at == AT


def test_availability_in_a_notify_event_is_a_status_beside_the_entries() -> None:
    place = {"id": 1, "connectorId": 2}
    data = [
        entry({"name": "Connector", "evse": place}, "AvailabilityState", "Occupied"),
        entry({"name": "EVSE", "evse": {"id": 1}}, "AvailabilityState", "Faulted"),
        entry({"name": "ChargingStation"}, "AvailabilityState", "Unavailable"),
        entry({"name": "Connector"}, "AvailabilityState", "Occupied"),
        entry({"name": "EVSE", "evse": {"id": 1}}, "AvailabilityState", "Asleep"),
        entry({"name": "ConnectorPlugRetentionLock", "evse": place}, "Problem", "true",
              cleared=True),
    ]  # fmt: skip
    payload = {"generatedAt": MOMENT, "seqNo": 0, "eventData": data}
    assert read("NotifyEvent", payload, NOW) == EventsNotified(
        (
            ConnectorStatusChanged(1, 2, ConnectorStatus.OCCUPIED, AT),
            ConnectorStatusChanged(1, 0, ConnectorStatus.FAULTED, AT),
            ConnectorStatusChanged(0, 0, ConnectorStatus.UNAVAILABLE, AT),
        ),
        (
            notice("Connector", "Occupied", 1, 2, is_status=True),
            notice("EVSE", "Faulted", 1, is_status=True),
            notice("ChargingStation", "Unavailable", is_status=True),
            notice("Connector", "Occupied"),
            notice("EVSE", "Asleep", 1),
            notice("ConnectorPlugRetentionLock", "true", 1, 2, "Problem", is_cleared=True),
        ),
        AT,
    )


def test_a_report_tells_every_attribute_of_every_variable() -> None:
    data = {
        "component": {"name": "EVSE", "instance": "A", "evse": {"id": 1}},
        "variable": {"name": "Power", "instance": "B"},
        "variableAttribute": [
            {"value": "22000", "mutability": "ReadOnly"},
            {"type": "Target"},
        ],
    }
    payload = {"requestId": 5, "generatedAt": MOMENT, "seqNo": 1, "tbc": True, "reportData": [data]}
    actual = VariableValue("EVSE", "Power", "22000", "Actual", "A", "B", 1, None, "ReadOnly")
    target = VariableValue("EVSE", "Power", None, "Target", "A", "B", 1)
    assert read("NotifyReport", payload, NOW) == VariablesReported(5, 1, False, (actual, target))


def test_l08_an_absent_tbc_is_the_last_part() -> None:
    payload = {"requestId": 5, "generatedAt": MOMENT, "seqNo": 2}
    assert read("NotifyReport", payload, NOW) == VariablesReported(5, 2, True, ())


CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("StatusNotification", {"timestamp": MOMENT, "connectorStatus": "Reserved", "evseId": 1,
                            "connectorId": 2},
     ConnectorStatusChanged(1, 2, ConnectorStatus.RESERVED, AT)),
    ("BootNotification", {"reason": "PowerUp", "chargingStation": {
        "model": "M", "vendorName": "V", "serialNumber": "S", "firmwareVersion": "F"}},
     StationBooted("V", "M", "S", "F", "PowerUp")),
    ("Authorize", {"idToken": {"idToken": "A", "type": "Local"}},
     TokenPresented(Token("A", "Local"))),
    ("MeterValues", {"evseId": 0, "meterValue": [
        {"timestamp": MOMENT, "sampledValue": [{"value": 1}]}]},
     SamplesTaken(0, (Sample(AT, register_wh=1.0),))),
    ("FirmwareStatusNotification", {"status": "Installed", "requestId": 1.0},
     FirmwareProgressed("Installed", 1)),
    ("NotifyMonitoringReport", {"requestId": 1, "seqNo": 0, "generatedAt": MOMENT},
     MonitorsReported(1, 0, True, ())),
    ("NotifyMonitoringReport",
     {"requestId": 1, "seqNo": 2, "generatedAt": MOMENT, "tbc": True, "monitor": [
         {"component": {"name": "EVSE", "evse": {"id": 2}}, "variable": {"name": "Power"},
          "variableMonitoring": [
              {"id": 7, "transaction": True, "value": 11000.5, "type": "UpperThreshold",
               "severity": 4},
              {"id": -1, "transaction": False, "value": 1, "type": "Delta", "severity": 9}]}]},
     MonitorsReported(1, 2, False, (
         MonitorTold(7, VariableValue("EVSE", "Power", None, evse_id=2), "UpperThreshold",
                     11000.5, 4, True),))),
    ("NotifyCustomerInformation",
     {"requestId": 5, "seqNo": 1, "generatedAt": MOMENT, "data": "AB12 charged twice"},
     CustomerTold(5, 1, True, "AB12 charged twice")),
]  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "event"), CASES)
def test_each_call_becomes_its_event(action: str, payload: dict[str, Any], event: object) -> None:
    assert read(action, payload, NOW) == event
