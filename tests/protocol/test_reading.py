"""Messages that carry money and state, as stations are known to bend them: read all the same."""

import copy
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.domain.answers import Answer, BootAnswer, SessionAnswer, TimeAnswer, TokenAnswer
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    SamplesTaken,
    SessionEnded,
    SessionStarted,
    SessionUpdated,
    StationBooted,
    Token,
    TokenPresented,
)
from apps.domain.form import Unreadable
from apps.domain.vocabulary import BootStatus, Protocol, Strictness, TokenStatus
from apps.protocol import codec, translation
from apps.protocol.examination import Examined, examine, receive
from apps.protocol.frames import Call, encode_call
from apps.protocol.kinds import folded
from apps.protocol.v16.forms import FORMS as FORMS_16
from apps.protocol.v201.forms import FORMS as FORMS_201
from apps.protocol.validation import problems
from tests.protocol.bent import NOW, START, STATUS, STOP, TABLE, V16, V201, without
from tests.protocol.payloads import JUNK, build
from tests.quick import examples

FORMED = [(V16, action) for action in FORMS_16] + [(V201, action) for action in FORMS_201]


def read(protocol: Protocol, action: str, payload: Any) -> tuple[Examined, Event]:
    """What a tolerant station's call comes to, by the way that every frame goes."""
    frame, _ = receive(encode_call("1", action, payload))
    assert isinstance(frame, Call)
    found = examine(frame, protocol)
    assert (found.refusal, found.problems) == ("", [])
    return found, translation.event_of(codec(protocol), found, NOW)


def answer(protocol: Protocol, action: str, event: Event) -> dict[str, Any]:
    """What the business would say, as a payload."""
    said: Answer = Answer()
    if isinstance(event, StationBooted):
        said = BootAnswer(BootStatus.ACCEPTED, 300, NOW)
    elif action == "Heartbeat":
        said = TimeAnswer(NOW)
    elif isinstance(event, SessionStarted | SessionUpdated | SessionEnded):
        verdict = TokenAnswer(TokenStatus.ACCEPTED) if event.token else None
        said = SessionAnswer("1000001", verdict)
    elif isinstance(event, TokenPresented):
        said = TokenAnswer(TokenStatus.INVALID)
    return translation.write(codec(protocol), action, {}, said)


def says(event: Event, name: str) -> Any:
    if name == "wh":
        assert isinstance(event, SessionStarted | SessionUpdated | SessionEnded | SamplesTaken)
        return event.samples[0].register_wh
    return getattr(event, name)


@pytest.mark.parametrize(("protocol", "action", "payload", "rules", "expected"), TABLE)
def test_a_bent_message_is_read_noted_and_answered(
    protocol: Protocol, action: str, payload: Any, rules: set[str], expected: Any
) -> None:
    assert problems(protocol, action, "request", payload), "this is no deviation"
    found, event = read(protocol, action, payload)
    noted = {excuse.rule for excuse in found.excuses}
    assert noted
    assert noted <= rules
    if isinstance(expected, type):
        assert isinstance(event, expected)
    else:
        assert not isinstance(event, Unreadable)
        assert {name: says(event, name) for name in expected} == expected
    assert problems(protocol, action, "response", answer(protocol, action, event)) == []


@pytest.mark.parametrize("payload", [None, [], "boot", 5, [1, 2]])
@pytest.mark.parametrize(("protocol", "action"), FORMED)
def test_a_payload_that_is_no_object_is_read_as_empty(
    protocol: Protocol, action: str, payload: Any
) -> None:
    _, event = read(protocol, action, payload)
    assert problems(protocol, action, "response", answer(protocol, action, event)) == []


@pytest.mark.parametrize("wrapped", [[START], '{"connectorId":1,"idTag":"AB12","meterStart":100}'])
def test_an_object_in_a_list_or_in_a_text_is_read(wrapped: Any) -> None:
    _, event = read(V16, "StartTransaction", wrapped)
    assert (says(event, "evse_id"), says(event, "token")) == (1, Token("AB12"))


def test_a_token_too_long_for_any_column_is_nobody_elses() -> None:
    first, second = ("x" * 36 + end for end in "ab")
    uids = [
        says(read(V16, "Authorize", {"idTag": tag})[1], "token").uid
        for tag in (first, second, first)
    ]
    assert uids[0] == uids[2] != uids[1]
    assert [len(uid) for uid in uids] == [36] * 3
    assert not first.startswith(uids[0])


@pytest.mark.parametrize(("protocol", "action", "payload", "_rules", "_expected"), TABLE)
def test_a_strict_station_is_refused_for_it_with_the_code_of_the_schema(
    protocol: Protocol, action: str, payload: Any, _rules: Any, _expected: Any
) -> None:
    found = examine(Call("1", action, payload), protocol, reading=Strictness.STRICT)
    assert found.refusal == problems(protocol, action, "request", payload)[0].code
    assert not found.excuses


def spoilt(protocol: Protocol, action: str, dice: random.Random) -> tuple[Any, Any, str]:
    """A payload, the same with one member at the top spoilt in a way of the field, and which."""
    whole = build(protocol, action, is_full=dice.random() < 0.7)
    if not whole:
        return whole, {"odd": dice.choice(JUNK)}, "odd"
    name = dice.choice(sorted(whole))
    broken = copy.deepcopy(whole)
    if (way := dice.random()) < 0.2:
        del broken[name]
    elif way < 0.3:
        broken[name.upper()] = broken.pop(name)
    elif way < 0.8:
        broken[name] = copy.deepcopy(dice.choice(JUNK))
    else:
        _spoil_within(broken, name, dice)
    return whole, broken, name


def _spoil_within(holder: Any, key: Any, dice: random.Random) -> None:
    value = holder[key]
    if isinstance(value, dict) and value and dice.random() < 0.8:
        _spoil_within(value, dice.choice(sorted(value)), dice)
    elif isinstance(value, list) and value:
        _spoil_within(value, 0, dice)
    else:
        holder[key] = copy.deepcopy(dice.choice(JUNK))


@settings(max_examples=examples(1_500), deadline=None)
@given(st.integers())
def test_no_mutation_is_refused_and_what_it_did_not_touch_is_read_as_before(seed: int) -> None:
    dice = random.Random(seed)
    protocol, action = dice.choice(FORMED)
    whole, broken, name = spoilt(protocol, action, dice)
    _, before = read(protocol, action, whole)
    found, after = read(protocol, action, broken)
    assert problems(protocol, action, "response", answer(protocol, action, after)) == []
    if isinstance(after, Unreadable) or type(after) is not type(before):
        return
    kept = {n: v for n, v in found.call.payload.items() if folded(n) != folded(name)}
    assert kept.items() >= {n: v for n, v in whole.items() if n != name}.items()
    touched = _TOUCHES.get(name, {name})
    same = {field: getattr(before, field) for field in _fields(before) if field not in touched}
    assert {field: getattr(after, field) for field in same} == same


_SAID = {"samples", "natural_key", "unread"}
_TIMES = {"at", "is_trusted", "said_at", *_SAID}
_TOUCHES: dict[str, set[str]] = {
    "timestamp": _TIMES,
    "connectorId": {"evse_id", "connector_id", *_SAID},
    "evseId": {"evse_id"},
    "evse": {"evse_id", "connector_id"},
    "idTag": {"token", *_SAID},
    "idToken": {"token"},
    "meterStart": _SAID,
    "meterStop": _SAID,
    "transactionData": _SAID,
    "meterValue": _SAID,
    "transactionId": {"transaction_id"},
    "transactionInfo": {"transaction_id", "charging_state", "stop_reason", "remote_start_id"},
    "reservationId": {"reservation_id"},
    "seqNo": {"seq"},
    "offline": {"is_offline"},
    "triggerReason": {"trigger"},
    "reason": {"reason", "stop_reason"},
    "errorCode": {"error_code", "vendor_error_code"},
    "vendorErrorCode": {"vendor_error_code"},
    "connectorStatus": {"status"},
    "chargePointVendor": {"vendor"},
    "chargePointModel": {"model"},
    "chargePointSerialNumber": {"serial_number"},
    "chargeBoxSerialNumber": {"serial_number"},
    "firmwareVersion": {"firmware"},
    "chargingStation": {"vendor", "model", "serial_number", "firmware"},
    "certificate": {"certificate"},
    "iso15118CertificateHashData": {"targets"},
}


def _fields(event: Event) -> list[str]:
    return list(type(event).__dataclass_fields__)


def test_two_starts_without_a_time_are_two() -> None:
    _, first = read(V16, "StartTransaction", without(START, "timestamp"))
    assert isinstance(first, SessionStarted)
    assert first.natural_key == ""
    assert replace(first, natural_key="x") != first


def test_a_whole_number_written_with_a_point_names_its_transaction() -> None:
    _, event = read(V16, "StopTransaction", STOP | {"transactionId": 1000001.0})
    assert says(event, "transaction_id") == "1000001"
    _, huge = read(V16, "StopTransaction", STOP | {"transactionId": 1e30})
    assert says(huge, "transaction_id") is None


def test_the_status_that_a_bent_message_tells_is_the_connectors() -> None:
    _, event = read(V16, "StatusNotification", STATUS | {"status": "suspended_ev"})
    assert isinstance(event, ConnectorStatusChanged)
    assert event.status == "SuspendedEV"
