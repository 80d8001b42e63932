from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.commands import (
    ChangeAvailability,
    Command,
    GetTransactionStatus,
    GetVariables,
    RawCall,
    ResetStation,
    SetVariables,
    StartSession,
    StopSession,
    TriggerMessage,
    UnlockConnector,
)
from apps.domain.vocabulary import Protocol
from apps.protocol import MessageLimits, codec
from apps.protocol.errors import CannotEncode
from apps.protocol.validation import problems

V16, V201 = Protocol.OCPP16, Protocol.OCPP201
NO = None


def variable(name: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    item = {"component": {"name": "C"}, "variable": {"name": name}} | more
    return item if value is None else item | {"attributeValue": value}


PERIOD = variable("HeartbeatInterval", "60")
CASES: list[tuple[Command, Any, Any]] = [
    (StartSession("TAG", evse_id=2, connector_id=1, remote_start_id=9),
     ("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 2}),
     ("RequestStartTransaction", {"remoteStartId": 9, "evseId": 2,
                                  "idToken": {"idToken": "TAG", "type": "Central"}})),
    (StartSession("TAG", "ISO14443", connector_id=2),
     ("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 2}),
     ("RequestStartTransaction", {"remoteStartId": 0,
                                  "idToken": {"idToken": "TAG", "type": "ISO14443"}})),
    (StartSession("TAG", "Card"), ("RemoteStartTransaction", {"idTag": "TAG"}), NO),
    (StartSession("t" * 21), NO,
     ("RequestStartTransaction", {"remoteStartId": 0,
                                  "idToken": {"idToken": "t" * 21, "type": "Central"}})),
    (StopSession("70001"), ("RemoteStopTransaction", {"transactionId": 70001}),
     ("RequestStopTransaction", {"transactionId": "70001"})),
    (StopSession("T-1"), NO, ("RequestStopTransaction", {"transactionId": "T-1"})),
    (StopSession("T" * 37), NO, NO),
    (ResetStation("immediate"), ("Reset", {"type": "Hard"}), ("Reset", {"type": "Immediate"})),
    (ResetStation(), ("Reset", {"type": "Soft"}), ("Reset", {"type": "OnIdle"})),
    (ResetStation(evse_id=1), NO, ("Reset", {"type": "OnIdle", "evseId": 1})),
    (UnlockConnector(2, 1), ("UnlockConnector", {"connectorId": 2}),
     ("UnlockConnector", {"evseId": 2, "connectorId": 1})),
    (UnlockConnector(1, 2), ("UnlockConnector", {"connectorId": 2}),
     ("UnlockConnector", {"evseId": 1, "connectorId": 2})),
    (ChangeAvailability(False), ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
     ("ChangeAvailability", {"operationalStatus": "Inoperative"})),
    (ChangeAvailability(True, 2), ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
     ("ChangeAvailability", {"operationalStatus": "Operative", "evse": {"id": 2}})),
    (ChangeAvailability(True, 2, 1),
     ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
     ("ChangeAvailability", {"operationalStatus": "Operative",
                             "evse": {"id": 2, "connectorId": 1}})),
    (TriggerMessage("Heartbeat"), ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
     ("TriggerMessage", {"requestedMessage": "Heartbeat"})),
    (TriggerMessage("StatusNotification", 2),
     ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 2}),
     ("TriggerMessage", {"requestedMessage": "StatusNotification",
                         "evse": {"id": 2, "connectorId": 1}})),
    (TriggerMessage("MeterValues", 2),
     ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 2}),
     ("TriggerMessage", {"requestedMessage": "MeterValues", "evse": {"id": 2}})),
    (TriggerMessage("TransactionEvent", 1), NO,
     ("TriggerMessage", {"requestedMessage": "TransactionEvent", "evse": {"id": 1}})),
    (TriggerMessage("DiagnosticsStatusNotification"),
     ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}), NO),
    (TriggerMessage("SignChargePointCertificate"),
     ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}), NO),
    (TriggerMessage("Nonsense"), NO, NO),
    (GetVariables(), ("GetConfiguration", {}),
     ("GetBaseReport", {"requestId": 5, "reportBase": "FullInventory"})),
    (GetVariables((variable("A"),)), ("GetConfiguration", {"key": ["A"]}),
     ("GetVariables", {"getVariableData": [variable("A")]})),
    (GetVariables(({"key": "A"},)), ("GetConfiguration", {"key": ["A"]}), NO),
    (GetVariables(({"variable": {"name": "A"}},)), ("GetConfiguration", {"key": ["A"]}), NO),
    (GetVariables(({"variable": 5},)), NO, NO),
    (SetVariables((PERIOD,)), ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}),
     ("SetVariables", {"setVariableData": [PERIOD]})),
    (SetVariables((variable("A"),)), NO, NO),
    (SetVariables((PERIOD, PERIOD)), NO, ("SetVariables", {"setVariableData": [PERIOD, PERIOD]})),
    (GetTransactionStatus("T-1"), NO, ("GetTransactionStatus", {"transactionId": "T-1"})),
    (RawCall("Anything", {"as": "given"}), ("Anything", {"as": "given"}),
     ("Anything", {"as": "given"})),
]  # fmt: skip


@pytest.mark.parametrize(("command", "in_16", "in_201"), CASES)
def test_each_command_is_a_valid_call_or_cannot_be_said(
    command: Command, in_16: Any, in_201: Any
) -> None:
    for protocol, expected in ((V16, in_16), (V201, in_201)):
        if expected is NO:
            with pytest.raises(CannotEncode):
                codec(protocol).encode(command, request_id=5)
            continue
        action, payload = codec(protocol).encode(command, request_id=5)
        assert (action, payload) == expected
        if not isinstance(command, RawCall):
            assert problems(protocol, action, "request", payload) == []


def test_1_6_sets_one_key_at_a_time() -> None:
    command = SetVariables((variable("A", "1"), variable("B", "2")))
    parts = codec(V16).split(command, MessageLimits())
    assert [codec(V16).encode(part)[1]["key"] for part in parts] == ["A", "B"]


def test_l01_five_variables_with_a_limit_of_four_are_four_and_one() -> None:
    command = GetVariables(tuple(variable(name) for name in "ABCDE"))
    parts = codec(V201).split(command, MessageLimits(items_per_message=4))
    assert [len(part.variables) for part in parts if isinstance(part, GetVariables)] == [4, 1]
    parts = codec(V16).split(command, MessageLimits(items_per_message=2))
    assert [len(part.variables) for part in parts if isinstance(part, GetVariables)] == [2, 2, 1]


def test_what_needs_no_splitting_is_left_alone() -> None:
    for protocol in Protocol:
        for command in (GetVariables(), ResetStation()):
            assert codec(protocol).split(command, MessageLimits(1, 1)) == [command]


@given(
    st.lists(
        st.builds(
            variable,
            st.sampled_from("ABC"),
            st.text(max_size=30),
            attributeType=st.sampled_from(["Actual", "Target"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 5),
    st.integers(200, 600),
)
def test_l02_portions_keep_order_and_limits_and_repeat_no_variable(
    items: list[dict[str, Any]], count: int, size: int
) -> None:
    limits = MessageLimits(count, size)
    parts = [p.variables for p in codec(V201).split(SetVariables(tuple(items)), limits)]  # type: ignore[attr-defined]
    assert [item for part in parts for item in part] == items
    for part in parts:
        keys = [(item["variable"]["name"], item["attributeType"]) for item in part]
        assert len(part) <= count
        assert len(keys) == len(set(keys))
        assert len(part) == 1 or len(orjson.dumps({"setVariableData": part})) <= size
