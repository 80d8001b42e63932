from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.domain.certificates import CertificateRequested
from apps.domain.events import (
    ConnectorStatusChanged,
    DataTransferred,
    FirmwareProgressed,
    HeartbeatReceived,
    LogProgressed,
    Noted,
    Sample,
    SamplesTaken,
    SecurityEventReported,
    SessionEnded,
    SessionStarted,
    StationBooted,
    Token,
    TokenPresented,
)
from apps.domain.vocabulary import ConnectorStatus
from apps.protocol.v16.inbound import read

NOW = datetime(2025, 3, 4, 8, 0, 5, tzinfo=UTC)
AT = datetime(2025, 3, 4, 8, 0, tzinfo=UTC)
MOMENT = "2025-03-04T08:00:00Z"
START = {"connectorId": 2, "idTag": "AbC", "meterStart": 500, "timestamp": MOMENT}
STOP = {"transactionId": 7, "meterStop": 900, "timestamp": MOMENT}
READINGS = [{"timestamp": MOMENT, "sampledValue": [{"value": "700"}]}]

CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("Heartbeat", {}, HeartbeatReceived()),
    ("Authorize", {"idTag": "AbC"}, TokenPresented(Token("AbC"))),
    ("SignCertificate", {"csr": "x"}, CertificateRequested("x")),
    ("FirmwareStatusNotification", {"status": "Installed"}, FirmwareProgressed("Installed")),
    ("SignedFirmwareStatusNotification", {"status": "Installed", "requestId": 3},
     FirmwareProgressed("Installed", 3)),
    ("DiagnosticsStatusNotification", {"status": "Uploading"}, LogProgressed("Uploading")),
    ("LogStatusNotification", {"status": "Idle", "requestId": 4}, LogProgressed("Idle", 4)),
    ("DataTransfer", {"vendorId": "v", "data": "d"}, DataTransferred("v", "", "d")),
    ("SecurityEventNotification", {"type": "TamperDetectionActivated", "timestamp": MOMENT},
     SecurityEventReported("TamperDetectionActivated", AT)),
    ("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M",
                          "chargeBoxSerialNumber": "S", "firmwareVersion": "1.0"},
     StationBooted("V", "M", "S", "1.0")),
    ("StatusNotification", {"connectorId": 2, "errorCode": "NoError", "status": "Finishing"},
     ConnectorStatusChanged(2, 1, ConnectorStatus.FINISHING, NOW)),
    ("StatusNotification", {"connectorId": 0, "errorCode": "GroundFailure", "status": "Faulted",
                            "timestamp": MOMENT, "info": "null", "vendorErrorCode": "E7"},
     ConnectorStatusChanged(0, 0, ConnectorStatus.FAULTED, AT, "GroundFailure", "", "E7")),
    ("MeterValues", {"connectorId": 2, "transactionId": 7, "meterValue": READINGS},
     SamplesTaken(2, (Sample(AT, register_wh=700.0),), "7")),
    ("MeterValues", {"connectorId": 0, "meterValue": []}, SamplesTaken(0, ())),
    ("StartTransaction", START, SessionStarted(
        AT, evse_id=2, connector_id=1, token=Token("AbC"),
        samples=(Sample(AT, "Transaction.Begin", 500.0),),
        natural_key=f"2|abc|{MOMENT}|500")),
    ("StopTransaction", STOP, SessionEnded(
        AT, transaction_id="7", samples=(Sample(AT, "Transaction.End", 900.0),))),
    ("StopTransaction", STOP | {"idTag": "AbC", "reason": "PowerLoss",
                                "transactionData": READINGS},
     SessionEnded(AT, transaction_id="7", token=Token("AbC"), stop_reason="PowerLoss", samples=(
         Sample(AT, register_wh=700.0), Sample(AT, "Transaction.End", 900.0)))),
]  # fmt: skip


@pytest.mark.parametrize(("action", "payload", "event"), CASES)
def test_each_call_becomes_its_event(action: str, payload: dict[str, Any], event: object) -> None:
    assert read(action, payload, NOW) == event


@pytest.mark.parametrize("sentinel", [0, -1, 2**31 - 1, 2**63 - 1])
def test_a_transaction_id_that_stands_for_unknown_is_none(sentinel: int) -> None:
    event = read("StopTransaction", STOP | {"transactionId": sentinel}, NOW)
    assert isinstance(event, SessionEnded)
    assert event.transaction_id is None


@pytest.mark.parametrize(("given", "read_as"), [(5, 5), (0, None), (-1, None), (2**40, None)])
def test_a_reservation_of_zero_or_less_is_none(given: int, read_as: int | None) -> None:
    event = read("StartTransaction", START | {"reservationId": given}, NOW)
    assert isinstance(event, SessionStarted)
    assert event.reservation_id == read_as


def test_an_unknown_register_is_no_sample() -> None:
    event = read("StartTransaction", START | {"meterStart": 2147483647}, NOW)
    assert isinstance(event, SessionStarted)
    assert event.samples == ()


def test_the_natural_key_of_a_resent_start_ignores_case_and_receive_time() -> None:
    first = read("StartTransaction", START, NOW)
    again = read("StartTransaction", START | {"idTag": "ABC"}, NOW + timedelta(hours=3))
    assert isinstance(first, SessionStarted)
    assert isinstance(again, SessionStarted)
    assert first.natural_key == again.natural_key


def test_a_clock_of_1970_gives_way_to_the_receive_time() -> None:
    event = read("StartTransaction", START | {"timestamp": "1970-01-01T00:00:09Z"}, NOW)
    assert isinstance(event, SessionStarted)
    assert event.at == NOW
    assert event.samples[0].at == NOW
    assert "1970" in event.natural_key


@pytest.mark.parametrize("connector", [-1, 2**31, 2**63])
def test_a_connector_that_cannot_be_is_noted_and_nothing_more(connector: int) -> None:
    status = {"connectorId": connector, "errorCode": "NoError", "status": "Available"}
    assert read("StatusNotification", status, NOW) == Noted("StatusNotification")
    readings = {"connectorId": connector, "meterValue": READINGS}
    assert read("MeterValues", readings, NOW) == Noted("MeterValues")
