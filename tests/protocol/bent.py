"""Messages of the field that bend a schema: what is odd about each, and what it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.domain.events import SessionEnded, Token
from apps.domain.form import Unreadable
from apps.domain.vocabulary import Protocol
from tests.protocol.payloads import MOMENT

V16, V201 = Protocol.OCPP16, Protocol.OCPP201
BEGAN_AT = datetime(2025, 3, 4, 8, 0, tzinfo=UTC)
NOW = BEGAN_AT + timedelta(minutes=1)
Bent = tuple[str, Any, set[str], Any]

START = {"connectorId": 1, "idTag": "AB12", "meterStart": 100, "timestamp": MOMENT}
STOP = {"transactionId": 1000001, "idTag": "AB12", "meterStop": 900, "timestamp": MOMENT}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": MOMENT}
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "One"}
METER = {
    "connectorId": 1, "transactionId": 1000001,
    "meterValue": [{"timestamp": MOMENT, "sampledValue": [{"value": "500"}]}],
}  # fmt: skip
EVENT: dict[str, Any] = {
    "eventType": "Updated", "timestamp": MOMENT, "triggerReason": "MeterValuePeriodic", "seqNo": 3,
    "transactionInfo": {"transactionId": "T1", "chargingState": "Charging"},
    "evse": {"id": 1, "connectorId": 1}, "idToken": {"idToken": "AB12", "type": "ISO14443"},
    "meterValue": [{"timestamp": MOMENT, "sampledValue": [{"value": 500}]}],
}  # fmt: skip
STATUS_201 = {"timestamp": MOMENT, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
BOOT_201: dict[str, Any] = {
    "reason": "PowerUp", "chargingStation": {"vendorName": "Acme", "model": "One"},
}  # fmt: skip
METER_201 = {
    "evseId": 1, "meterValue": [{"timestamp": MOMENT, "sampledValue": [{"value": 500}]}],
}  # fmt: skip
CARD_201 = {"idToken": {"idToken": "AB12", "type": "ISO14443"}}
LONG = "TAG-" + "x" * 26


def without(payload: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name not in names}


def metered(sampled: Any, **more: Any) -> dict[str, Any]:
    return METER | {"meterValue": [{"timestamp": MOMENT, "sampledValue": sampled} | more]}


def told(**more: Any) -> dict[str, Any]:
    """A TransactionEvent whose info has, or lacks, these."""
    info = {n: v for n, v in (EVENT["transactionInfo"] | more).items() if v is not ...}
    return EVENT | {"transactionInfo": info}


# message, payload, rules that excuse it, what the event says (a sample's register as "wh")
V16_TABLE: list[Bent] = [
    ("StartTransaction", START | {"reservationId": None}, {"null_member"}, {"evse_id": 1}),
    ("StartTransaction", START | {"idTag": None}, {"null_member"}, {"token": None, "wh": 100}),
    ("StartTransaction", without(START, "idTag"), {"missing_member"}, {"token": None}),
    ("StartTransaction", START | {"idTag": {"idTag": "AB12"}}, {"bare_value", "wrong_type"},
     {"token": Token("AB12")}),
    ("StartTransaction", START | {"idTag": 1234}, {"text_as_number"}, {"token": Token("1234")}),
    ("StartTransaction", START | {"idTag": LONG}, {"overlong_text"}, {"token": Token(LONG)}),
    ("StartTransaction", START | {"meterStart": 100.5}, {"decimal_for_whole"}, {"wh": 100.5}),
    ("StartTransaction", START | {"meterStart": "100"}, {"number_as_text"}, {"wh": 100}),
    ("StartTransaction", START | {"meterStart": " 100,5 "}, {"number_as_text"}, {"wh": 100.5}),
    ("StartTransaction", START | {"meterStart": None}, {"null_member"}, {"samples": ()}),
    ("StartTransaction", without(START, "meterStart"), {"missing_member"}, {"samples": ()}),
    ("StartTransaction", START | {"connectorId": "1"}, {"number_as_text"}, {"evse_id": 1}),
    ("StartTransaction", without(START, "connectorId"), {"missing_member"}, {"evse_id": None}),
    ("StartTransaction", START | {"extra": {"deep": [1]}}, {"unknown_member"}, {"evse_id": 1}),
    ("StartTransaction", without(START, "connectorId") | {"ConnectorId": 1}, {"wrong_case"},
     {"evse_id": 1}),
    ("StartTransaction", without(START, "connectorId") | {"connectorID": 2}, {"wrong_case"},
     {"evse_id": 2}),
    ("StartTransaction", START | {"timestamp": "soon"}, {"odd_time"},
     {"at": NOW, "natural_key": ""}),
    ("StartTransaction", without(START, "timestamp"), {"missing_member"}, {"at": NOW}),
    ("StartTransaction", START | {"timestamp": 1741075200000}, {"text_as_number"},
     {"at": BEGAN_AT, "is_trusted": True}),
    ("StatusNotification", STATUS | {"timestamp": "1741075200"}, {"odd_time"}, {"at": BEGAN_AT}),
    ("StopTransaction", STOP | {"meterStop": 12345.6}, {"decimal_for_whole"}, {"wh": 12345.6}),
    ("StopTransaction", without(STOP, "meterStop"), {"missing_member"}, {"samples": ()}),
    ("StopTransaction", STOP | {"meterStop": "NaN"}, {"number_as_text"}, {"samples": ()}),
    ("StopTransaction", STOP | {"transactionId": "1000001"}, {"number_as_text"},
     {"transaction_id": "1000001"}),
    ("StopTransaction", STOP | {"transactionId": 1000001.5}, {"decimal_for_whole"},
     {"transaction_id": None}),
    ("StopTransaction", STOP | {"transactionId": None}, {"null_member"}, {"transaction_id": None}),
    ("StopTransaction", without(STOP, "transactionId"), {"missing_member"},
     {"transaction_id": None}),
    ("StopTransaction", STOP | {"reason": "Finished"}, {"unknown_word"},
     {"stop_reason": "Finished"}),
    ("StopTransaction", STOP | {"reason": ""}, {"empty_text"}, {"stop_reason": "Local"}),
    ("StopTransaction", STOP | {"reason": "evDisconnected"}, {"wrong_case"},
     {"stop_reason": "EVDisconnected"}),
    ("StopTransaction", STOP | {"idTag": None}, {"null_member"}, {"token": None}),
    ("StopTransaction", STOP | {"transactionData": {"timestamp": MOMENT, "sampledValue": {
        "value": 5}}}, {"object_for_list"}, {"wh": 5}),
    ("StopTransaction", STOP | {"transactionData": None}, {"null_member"}, {"wh": 900}),
    ("MeterValues", METER | {"transactionId": None}, {"null_member"}, {"transaction_id": None}),
    ("MeterValues", without(METER, "connectorId"), {"missing_member"},
     {"transaction_id": "1000001", "wh": 500}),
    ("MeterValues", METER | {"connectorId": "1"}, {"number_as_text"}, {"evse_id": 1}),
    ("MeterValues", metered([{"value": 500.5}]), {"text_as_number"}, {"wh": 500.5}),
    ("MeterValues", metered([{"value": "500", "measurand": None}]), {"null_member"}, {"wh": 500}),
    ("MeterValues", metered([{"value": "0.5", "unit": "KWH"}]), {"wrong_case"}, {"wh": 500}),
    ("MeterValues", metered([{"value": "1", "unit": "Hz"}, {"value": "500"}]), {"unknown_word"},
     {"wh": 500}),
    ("MeterValues", metered([{"unit": "Wh"}, {"value": "500"}]), {"missing_member"}, {"wh": 500}),
    ("MeterValues", metered([]), {"empty_list"}, {"samples": ()}),
    ("MeterValues", metered({"value": "500"}), {"object_for_list"}, {"wh": 500}),
    ("MeterValues", METER | {"meterValue": []}, {"empty_list"}, {"samples": ()}),
    ("MeterValues", METER | {"meterValue": [5, None]}, {"bare_value", "null_member"}, Unreadable),
    ("MeterValues", metered([{"unit": "Wh"}]), {"missing_member"}, {"samples": ()}),
    ("MeterValues", metered(5), {"wrong_type"}, Unreadable),
    ("StatusNotification", without(STATUS, "errorCode"), {"missing_member"}, {"error_code": ""}),
    ("StatusNotification", STATUS | {"errorCode": "Error"}, {"unknown_word"},
     {"error_code": "OtherError", "vendor_error_code": "Error"}),
    ("StatusNotification", STATUS | {"errorCode": 5}, {"text_as_number", "wrong_type"},
     {"error_code": ""}),
    ("StatusNotification", STATUS | {"status": "AVAILABLE"}, {"wrong_case"},
     {"status": "Available"}),
    ("StatusNotification", STATUS | {"status": "Odd"}, {"unknown_word"}, Unreadable),
    ("StatusNotification", STATUS | {"info": "i" * 80}, {"overlong_text"}, {"info": "i" * 80}),
    ("StatusNotification", STATUS | {"info": None}, {"null_member"}, {"info": ""}),
    ("StatusNotification", STATUS | {"timestamp": "2025-03-04 08:00:00"}, {"odd_time"},
     {"at": BEGAN_AT}),
    ("BootNotification", without(BOOT, "chargePointVendor"), {"missing_member"}, {"model": "One"}),
    ("BootNotification", BOOT | {"chargePointModel": "m" * 60}, {"overlong_text"},
     {"model": "m" * 60}),
    ("BootNotification", BOOT | {"firmwareVersion": 1.5}, {"text_as_number"}, {"firmware": "1.5"}),
    ("Authorize", {"idTag": "AB12", "connectorId": 1}, {"unknown_member"},
     {"token": Token("AB12")}),
    ("Authorize", {"idTag": None}, {"null_member"}, Unreadable),
    ("Heartbeat", {"temperature": 21}, {"unknown_member"}, {}),
]  # fmt: skip
V201_TABLE: list[Bent] = [
    ("TransactionEvent", EVENT | {"idToken": "AB12"}, {"bare_value"}, {"token": Token("AB12")}),
    ("TransactionEvent", EVENT | {"idToken": {"idToken": "AB12"}}, {"missing_member"},
     {"token": Token("AB12")}),
    ("TransactionEvent", EVENT | {"idToken": {"idToken": "AB12", "type": "RFID"}},
     {"unknown_word"}, {"token": Token("AB12")}),
    ("TransactionEvent", EVENT | {"idToken": {"idToken": "AB12", "type": "iso14443"}},
     {"wrong_case"}, {"token": Token("AB12", "ISO14443")}),
    ("TransactionEvent", EVENT | {"idToken": None}, {"null_member"}, {"token": None}),
    ("TransactionEvent", EVENT | {"idToken": {"idToken": 12, "type": "Local"}},
     {"text_as_number"}, {"token": Token("12", "Local")}),
    ("TransactionEvent", told(transactionId=77), {"text_as_number"}, {"transaction_id": "77"}),
    ("TransactionEvent", told(transactionId=None), {"null_member"}, {"transaction_id": None}),
    ("TransactionEvent", told(transactionId=...), {"missing_member"}, {"transaction_id": None}),
    ("TransactionEvent", told(chargingState="CHARGING"), {"wrong_case"},
     {"charging_state": "Charging"}),
    ("TransactionEvent", told(chargingState="Idling"), {"unknown_word"}, {"charging_state": None}),
    ("TransactionEvent", told(stoppedReason="Odd") | {"eventType": "Ended"}, {"unknown_word"},
     {"stop_reason": "Odd"}),
    ("TransactionEvent", without(EVENT, "triggerReason"), {"missing_member"}, {"trigger": ""}),
    ("TransactionEvent", EVENT | {"triggerReason": "Odd"}, {"unknown_word"}, {"trigger": "Odd"}),
    ("TransactionEvent", without(EVENT, "seqNo"), {"missing_member"}, {"seq": None}),
    ("TransactionEvent", EVENT | {"seqNo": "3"}, {"number_as_text"}, {"seq": 3}),
    ("TransactionEvent", without(EVENT, "timestamp"), {"missing_member"}, {"at": BEGAN_AT}),
    ("TransactionEvent", EVENT | {"timestamp": 1741075200}, {"text_as_number"},
     {"at": BEGAN_AT, "is_trusted": True}),
    ("TransactionEvent", EVENT | {"timestamp": "1741075200000"}, {"odd_time"},
     {"at": BEGAN_AT, "is_trusted": True}),
    ("TransactionEvent", EVENT | {"eventType": "ended"}, {"wrong_case"}, SessionEnded),
    ("TransactionEvent", without(told(stoppedReason="Local"), "eventType"), {"missing_member"},
     SessionEnded),
    ("TransactionEvent", EVENT | {"evse": 1}, {"bare_value"}, {"evse_id": 1, "connector_id": None}),
    ("TransactionEvent", EVENT | {"evse": [{"id": "1"}]}, {"list_for_object"}, {"evse_id": 1}),
    ("TransactionEvent", EVENT | {"offline": "true"}, {"wrong_type"}, {"is_offline": True}),
    ("TransactionEvent", EVENT | {"reservationId": None}, {"null_member"},
     {"reservation_id": None}),
    ("TransactionEvent", EVENT | {"temperature": 21}, {"unknown_member"}, {"seq": 3}),
    ("TransactionEvent", EVENT | {"meterValue": []}, {"empty_list"}, {"samples": ()}),
    ("TransactionEvent", EVENT | {"meterValue": EVENT["meterValue"][0]}, {"object_for_list"},
     {"wh": 500}),
    ("TransactionEvent", {}, {"missing_member"}, Unreadable),
    ("MeterValues", METER_201 | {"meterValue": [{"timestamp": MOMENT, "sampledValue": [
        {"value": "12,5", "unitOfMeasure": {"unit": "kWh", "multiplier": "0"}}]}]},
     {"number_as_text"}, {"wh": 12_500}),
    ("MeterValues", METER_201 | {"meterValue": [{"timestamp": MOMENT, "sampledValue": [
        {"value": 12.5, "unit": "kWh"}]}]}, {"unknown_member"}, {"wh": 12_500}),
    ("MeterValues", METER_201 | {"meterValue": [{"timestamp": MOMENT, "sampledValue": [
        {"value": 1, "unitOfMeasure": "kWh"}]}]}, {"bare_value"}, {"wh": 1_000}),
    ("MeterValues", METER_201 | {"evseId": 1.5}, {"decimal_for_whole"}, {"evse_id": 0}),
    ("StatusNotification", STATUS_201 | {"connectorStatus": "available"}, {"wrong_case"},
     {"status": "Available"}),
    ("StatusNotification", STATUS_201 | {"evseId": "1"}, {"number_as_text"}, {"evse_id": 1}),
    ("StatusNotification", without(STATUS_201, "timestamp"), {"missing_member"}, {"at": NOW}),
    ("StatusNotification", without(STATUS_201, "connectorStatus"), {"missing_member"}, Unreadable),
    ("BootNotification", BOOT_201 | {"reason": "Boredom"}, {"unknown_word"},
     {"reason": "Unknown", "vendor": "Acme"}),
    ("BootNotification", without(BOOT_201, "chargingStation"), {"missing_member"}, {"vendor": ""}),
    ("BootNotification", BOOT_201 | {"chargingStation": {"model": "m" * 30}},
     {"overlong_text", "missing_member"}, {"model": "m" * 30}),
    ("Authorize", CARD_201 | {"evseId": 1}, {"unknown_member"},
     {"token": Token("AB12", "ISO14443")}),
    ("Authorize", {"idToken": "AB12"}, {"bare_value"}, {"token": Token("AB12")}),
    ("Authorize", {}, {"missing_member"}, Unreadable),
    ("Heartbeat", {"evseId": None}, {"unknown_member"}, {}),
]  # fmt: skip
TABLE = [(V16, *row) for row in V16_TABLE] + [(V201, *row) for row in V201_TABLE]
