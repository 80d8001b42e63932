"""Whatever an operator orders, what leaves is exact: the schema, no null, plain decimals, UTC."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
import pytest

from apps.domain.commands import COMMANDS, Command, parse
from apps.domain.vocabulary import Protocol
from apps.protocol import MessageLimits, codec
from apps.protocol.errors import CannotEncode
from apps.protocol.validation import problems

OFFSET = "2026-03-01T14:00:00.123456+02:00"
VARIABLE = {
    "component": {"name": "C" * 50, "instance": "i" * 50, "evse": {"id": 1, "connectorId": 1}},
    "variable": {"name": "V" * 50, "instance": "i" * 50},
}
PROFILE = {
    "id": 7,
    "stack_level": 3,
    "purpose": "TxDefaultProfile",
    "kind": "Recurring",
    "recurrency": "Daily",
    "valid_from": OFFSET,
    "valid_to": "2027-03-01T14:00:00+02:00",
    "schedules": [
        {
            "unit": "A",
            "start_at": OFFSET,
            "duration_s": 86_400,
            "min_rate": 6.1,
            "periods": [
                {"start_s": 0, "limit": 21.4, "phases": 3},
                {"start_s": 3600, "limit": 16.1, "phases": 1},
            ],
        }
    ],
}
ENTRY = {
    "uid": "AB12", "type": "ISO14443", "status": "Accepted", "group": "FLEET",
    "expires_at": OFFSET,
}  # fmt: skip
# The fullest form of every command; the least form where it differs.
GIVEN: dict[str, list[dict[str, Any]]] = {
    "start_session": [
        {"token": "T" * 20, "token_type": "ISO14443", "evse_id": 1, "connector_id": 1},
        {"token": "T"},
    ],
    "stop_session": [{"transaction_id": "70001"}],
    "reset": [{"mode": "immediate", "evse_id": 1}, {}],
    "unlock_connector": [{"evse_id": 1, "connector_id": 1}, {}],
    "change_availability": [
        {"operative": False, "evse_id": 1, "connector_id": 1}, {"operative": True}
    ],
    "trigger_message": [
        {"message": "StatusNotification", "evse_id": 1, "connector_id": 1},
        {"message": "Heartbeat"},
    ],
    "get_variables": [{"variables": [VARIABLE | {"attributeType": "MaxSet"}]}, {}],
    "set_variables": [{"variables": [VARIABLE | {"attributeValue": "v" * 400}]}],
    "get_transaction_status": [{"transaction_id": "T" * 36}],
    "raw_call": [{"action": "Heartbeat", "payload": {}}],
    "update_firmware": [
        {"location": "https://files.example/" + "f" * 400, "retrieve_at": OFFSET,
         "install_at": OFFSET, "signing_certificate": "c" * 5500, "signature": "s" * 800,
         "retries": 3, "retry_interval_s": 60},
        {"location": "https://files.example/f", "retrieve_at": OFFSET},
    ],
    "get_log": [
        {"kind": kind, "location": "https://files.example/", "oldest_at": OFFSET,
         "latest_at": OFFSET, "retries": 3, "retry_interval_s": 60}
        for kind in ("diagnostics", "security")
    ],
    "set_monitors": [
        {"monitors": [VARIABLE | {"id": 1, "transaction": True, "value": 1.5, "severity": 9,
                                  "type": "Delta"}]}
    ],
    "clear_monitors": [{"ids": [1, 2, 3]}],
    "read_device_model": [{"base": "full"}, {"base": "configuration"}, {"base": "summary"}, {}],
    "get_report": [
        {"criteria": ["active", "available", "enabled", "problem"], "variables": [VARIABLE]},
        {"variables": [{"component": {"name": "EVSE"}}]},
        {"criteria": ["problem"]},
    ],
    "get_monitoring_report": [
        {"criteria": ["threshold", "delta", "periodic"], "variables": [VARIABLE]}, {}
    ],
    "set_monitoring_base": [
        {"base": "all"}, {"base": "factory_default"}, {"base": "hard_wired_only"}
    ],
    "set_monitoring_level": [{"severity": 0}, {"severity": 9}],
    "customer_information": [
        {"report": True, "clear": True, "token": "T" * 36, "token_type": "eMAID"},
        {"customer": "C" * 64},
        {"report": False, "clear": True, "certificate": {
            "hash_algorithm": "SHA256", "issuer_name_hash": "a" * 128,
            "issuer_key_hash": "b" * 128, "serial_number": "1" * 40}},
    ],
    "set_charging_profile": [{"evse_id": 1, "profile": PROFILE}],
    "get_charging_profiles": [
        {"evse_id": 1, "purpose": "TxDefaultProfile", "stack_level": 2, "sources": ["CSO"]},
        {"profile_ids": [1, 2]},
        {},
    ],
    "clear_charging_profile": [
        {"evse_id": 1, "purpose": "TxDefaultProfile", "stack_level": 2}, {"profile_id": 1}, {}
    ],
    "get_composite_schedule": [
        {"evse_id": 1, "duration_s": 86_400, "unit": "A"}, {"evse_id": 0, "duration_s": 60}
    ],
    "data_transfer": [
        {"vendor_id": "v" * 255, "message_id": "m" * 50, "data": {"a": [1, "2", True]}},
        {"vendor_id": "v", "data": "text"},
        {"vendor_id": "v"},
    ],
    "tell_user_price": [{"token": "AB12", "text": "0.48 EUR/kWh"}],
    "tell_running_cost": [
        {"transaction_id": "70001", "cost": 1.234567, "at": OFFSET, "register_wh": 1_234_000,
         "kwh_price": 0.476, "hour_price": 1.428, "flat_fee": 0.595},
        {"transaction_id": "70001", "cost": 0, "at": OFFSET},
    ],
    "tell_final_cost": [{"transaction_id": "70001", "cost": 2.5, "text": "2.50 EUR"}],
    "publish_firmware": [
        {"location": "https://files.example/" + "f" * 400, "checksum": "0aF" * 10 + "12",
         "retries": 3, "retry_interval_s": 60},
        {"location": "https://files.example/f", "checksum": "d41d8cd98f00b204e9800998ecf8427e"},
    ],
    "unpublish_firmware": [{"checksum": "d41d8cd98f00b204e9800998ecf8427e"}],
    "set_display_message": [
        {"content": "c" * 512, "message_id": 2_147_483_647, "format": "UTF8", "language": "en-GB",
         "priority": "AlwaysFront", "state": "Charging", "starts_at": OFFSET,
         "ends_at": "2027-03-01T14:00:00+02:00", "transaction_id": "T" * 36,
         "display": {"name": "Display", "instance": "left", "evse": {"id": 1}}},
        {"content": "c", "message_id": 1},
    ],
    "get_display_messages": [{"ids": [1, 2], "priority": "InFront", "state": "Idle"}, {}],
    "clear_display_message": [{"message_id": 1}],
    "clear_cache": [{}],
    "send_local_list": [
        {"mode": "full", "version": 5, "entries": [ENTRY]},
        {"mode": "differential", "version": 6, "entries": [{"uid": "AB12", "type": "ISO14443"}]},
    ],
    "get_local_list_version": [{}],
    "reserve_now": [
        {"token": "AB12", "expires_at": OFFSET, "token_type": "ISO14443", "group": "FLEET",
         "evse_id": 1, "reservation_id": 9},
        {"token": "AB12", "expires_at": OFFSET, "token_type": "ISO14443", "reservation_id": 9},
    ],
    "cancel_reservation": [{"reservation_id": 9}],
    "install_certificate": [],
    "delete_certificate": [],
    "get_installed_certificates": [{}, {"kinds": ["v2g_root", "csms_root"]}],
    "install_signed_certificate": [],
    "renew_certificate": [{"kind": "station"}, {"kind": "v2g"}],
    "set_network_profile": [{"slot": 1, "profile": 2, "url": "wss://csms.example/ocpp"}],
    "set_security_profile": [{"profile": 2, "url": "wss://csms.example/ocpp", "priority": "1"}],
}  # fmt: skip
# They take certificates that are read: tests/certificates and the certificate cases say them.
ELSEWHERE = {"install_certificate", "delete_certificate", "install_signed_certificate"}
ONLY_16 = {"raw_call", "tell_user_price", "tell_final_cost"}
ORDERS = [(name, given) for name, all_given in GIVEN.items() for given in all_given]


def calls(command: Command, protocol: Protocol) -> Iterator[tuple[str, Any]]:
    spoken = codec(protocol)
    for part in spoken.split(command, MessageLimits()):
        yield spoken.encode(part, request_id=2_147_483_647)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_every_command_is_here() -> None:
    assert set(GIVEN) == set(COMMANDS), "GIVEN has the fullest and the least form of each command"
    assert {name for name, all_given in GIVEN.items() if not all_given} == ELSEWHERE


@pytest.mark.parametrize("protocol", list(Protocol), ids=lambda protocol: protocol.value)
@pytest.mark.parametrize(("name", "given"), ORDERS, ids=str)
def test_what_leaves_is_exact(name: str, given: dict[str, Any], protocol: Protocol) -> None:
    try:
        written = list(calls(parse(name, given), protocol))
    except CannotEncode as problem:
        assert protocol is Protocol.OCPP16 or name in ONLY_16, problem
        return
    assert written
    for action, payload in written:
        sent = orjson.loads(orjson.dumps(payload))
        assert not problems(protocol, action, "request", sent)
        for leaf in leaves(sent):
            assert leaf is not None
            if isinstance(leaf, float):
                assert -Decimal(str(leaf)).as_tuple().exponent <= 6  # type: ignore[operator]
            if isinstance(leaf, str) and re.match(r"\d{4}-\d\d-\d\dT", leaf):
                assert re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d{1,3})?Z", leaf), leaf
