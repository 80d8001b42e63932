from typing import Any

import pytest

from apps.domain.vocabulary import Protocol
from apps.protocol.examination import Examined, examine
from apps.protocol.frames import Call
from apps.protocol.tolerance import repair
from apps.protocol.validation import problems
from tests.protocol.payloads import MOMENT, build

V16, V201 = Protocol.OCPP16, Protocol.OCPP201


def examined(protocol: Protocol, action: str, payload: dict[str, Any], **how: Any) -> Examined:
    return examine(Call("1", action, payload), protocol, **how)


def meter_values(protocol: Protocol, sampled: Any, timestamp: str = MOMENT) -> dict[str, Any]:
    place = {"connectorId": 1} if protocol == V16 else {"evseId": 1}
    return place | {"meterValue": [{"timestamp": timestamp, "sampledValue": sampled}]}


BOOT = {"chargePointVendor": "Acme", "chargePointModel": "One"}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
FORGIVEN = [
    (V16, "BootNotification", BOOT | {"chargePointModel": "m" * 23}),
    (V16, "BootNotification", BOOT | {"chargePointVendor": ""}),
    (V16, "BootNotification", BOOT | {"chargeBoxSerialNumber": "s" * 34}),
    (V201, "BootNotification", {
        "reason": "PowerUp", "chargingStation": {"model": "m" * 40, "vendorName": "v" * 300}}),
    (V16, "StatusNotification", STATUS | {"info": "i" * 80, "vendorErrorCode": "e" * 51}),
    (V16, "StatusNotification", STATUS | {"errorCode": "Error"}),
    (V16, "StatusNotification", STATUS | {"timestamp": "2025-03-04T08:00:00"}),
    (V16, "MeterValues", meter_values(V16, [{"value": 12.5}])),
    (V16, "MeterValues", meter_values(V16, [{"value": None}, {"value": "1"}])),
    (V16, "MeterValues", meter_values(V16, {"value": "1"})),
    (V16, "MeterValues", meter_values(V16, [])),
    (V16, "MeterValues", {"connectorId": 1, "meterValue": []}),
    (V16, "MeterValues", {"connectorId": 1, "meterValue": {"timestamp": MOMENT,
                                                           "sampledValue": {"value": 1}}}),
    (V16, "MeterValues", meter_values(V16, [{"value": "1", "context": "CurrentMax"}])),
    (V16, "MeterValues", meter_values(V16, [{"value": "1", "unit": "Hz", "phase": "L4"}])),
    (V16, "MeterValues", meter_values(V16, [{"value": "1", "measurand": None}])),
    (V16, "MeterValues", meter_values(V16, [{"value": "1"}]) | {"transactionId": 2**63 - 1}),
    (V16, "MeterValues", meter_values(V16, [{"value": "1"}]) | {"transactionId": None}),
    (V201, "MeterValues", meter_values(V201, [{"value": " 12.5 "}])),
    (V201, "MeterValues", meter_values(V201, [
        {"value": 1, "unitOfMeasure": {"unit": "Wh", "multiplier": "3"}}])),
    (V201, "MeterValues", meter_values(V201, [{"value": 1}], "2025-03-04T10:00:00+02")),
    (V201, "TransactionEvent", build(V201, "TransactionEvent", is_full=False) | {
        "meterValue": []}),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "action", "payload"), FORGIVEN)
def test_harmless_habits_are_forgiven(
    protocol: Protocol, action: str, payload: dict[str, Any]
) -> None:
    assert examined(protocol, action, payload).problems == []


START: dict[str, Any] = {
    "connectorId": 1, "idTag": "A", "meterStart": 1, "timestamp": MOMENT,
}  # fmt: skip
SECURED = {"type": "FirmwareUpdated", "timestamp": MOMENT}
LET_PASS = [
    (V16, "DataTransfer", {"vendorId": "v", "messageId": None, "extra": {"deep": [1]}},
     {"vendorId": "v"}),
    (V16, "FirmwareStatusNotification", {"status": "Idle", "requestId": None, "progress": 7},
     {"status": "Idle"}),
    (V201, "SecurityEventNotification", SECURED | {"techInfo": None}, SECURED),
    (V201, "SecurityEventNotification", SECURED | {"timestamp": "2025-03-04 08:00:00"}, SECURED),
]  # fmt: skip
REFUSED = [
    (V16, "FirmwareStatusNotification", {"status": "Odd"}, "PropertyConstraintViolation"),
    (V16, "FirmwareStatusNotification", {"status": None}, "OccurrenceConstraintViolation"),
    (V16, "DataTransfer", {"vendorId": "v" * 300}, "PropertyConstraintViolation"),
    (V201, "SecurityEventNotification", {"type": "x"}, "OccurrenceConstraintViolation"),
    (V201, "LogStatusNotification", {"status": 5}, "TypeConstraintViolation"),
]


@pytest.mark.parametrize(("protocol", "action", "payload", "read"), LET_PASS)
def test_unknown_members_and_nulls_are_let_pass_and_noted_in_every_message(
    protocol: Protocol, action: str, payload: dict[str, Any], read: dict[str, Any]
) -> None:
    found = examined(protocol, action, payload)
    assert (found.refusal, found.call.payload) == ("", read)
    assert found.excuses


@pytest.mark.parametrize(("protocol", "action", "payload", "code"), REFUSED)
def test_whatever_would_be_a_guess_is_refused_where_no_form_says_what_is_needed(
    protocol: Protocol, action: str, payload: dict[str, Any], code: str
) -> None:
    found = examined(protocol, action, payload)
    assert (found.refusal, found.excuses) == (code, ())


def test_a_valid_payload_is_handed_back_untouched() -> None:
    payload = START.copy()
    found = examined(V16, "StartTransaction", payload)
    assert found.call.payload is payload
    assert found.notes == []


def test_the_original_payload_is_never_changed_by_a_repair() -> None:
    payload = meter_values(V16, {"value": 1}, "2025-03-04T08:00:00")
    before = repr(payload)
    examined(V16, "MeterValues", payload)
    assert repr(payload) == before


def test_what_is_excused_is_noted_with_its_place() -> None:
    found = examined(V16, "StatusNotification", STATUS | {"timestamp": "2025-03-04T08:00:00"})
    assert [str(excuse) for excuse in found.excuses] == ["/timestamp: a time that is not RFC 3339"]
    deep = examined(V16, "MeterValues", meter_values(V16, [{"value": "1"}, {"value": 2, "a": 1}]))
    assert {(e.rule, e.path, e.detail) for e in deep.excuses} == {
        ("text_as_number", "/meterValue/sampledValue/value", ""),
        ("unknown_member", "/meterValue/sampledValue", "a"),
    }


def test_an_unknown_error_code_is_kept_where_vendors_put_theirs() -> None:
    payload = examined(V16, "StatusNotification", STATUS | {"errorCode": "Error"}).call.payload
    assert payload["errorCode"] == "OtherError"
    assert payload["vendorErrorCode"] == "Error"


def test_a_time_without_a_zone_is_read_in_utc() -> None:
    payload = STATUS | {"timestamp": "2025-03-04T08:00:00"}
    found = examined(V16, "StatusNotification", payload)
    assert found.call.payload["timestamp"] == MOMENT


def test_one_harmless_and_one_real_problem_leave_the_real_one() -> None:
    found = examined(V16, "FirmwareStatusNotification", {"status": "Odd", "extra": 1})
    assert [problem.path for problem in found.problems] == ["/status"]


def test_a_message_with_endless_problems_is_refused_whole_or_read_by_its_form() -> None:
    endless = {"status": "Idle"} | {f"extra{n}": 1 for n in range(1_500)}
    found = problems(V16, "FirmwareStatusNotification", "request", endless)
    assert repair(V16, "FirmwareStatusNotification", endless, found).problems == found
    read = examined(V16, "MeterValues", meter_values(V16, [{"value": "1", "unit": "odd"}] * 1_500))
    assert (read.refusal, len(read.excuses)) == ("", 1)
