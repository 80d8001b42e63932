import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.commands import GetVariables, RawCall
from apps.domain.events import VariableValue
from apps.domain.vocabulary import Protocol
from apps.protocol import Outcome, codec
from apps.protocol.validation import actions
from tests.protocol.payloads import build, mutated

V16, V201 = Protocol.OCPP16, Protocol.OCPP201
ANY = RawCall("Any", {})
A_AND_B = {"component": {"name": "C", "evse": {"id": 1}}, "variable": {"name": "V"}}
CASES: list[tuple[Protocol, str, Any, Outcome]] = [
    (V16, "RemoteStartTransaction", {"status": "Accepted"}, Outcome("accepted", "Accepted")),
    (V16, "Reset", {"status": "Rejected"}, Outcome("rejected", "Rejected")),
    (V16, "UnlockConnector", {"status": "Unlocked"}, Outcome("accepted", "Unlocked")),
    (V16, "UnlockConnector", {"status": "UnlockFailed"}, Outcome("rejected", "UnlockFailed")),
    (V16, "ChangeAvailability", {"status": "Scheduled"}, Outcome("accepted", "Scheduled")),
    (V16, "ChangeConfiguration", {"status": "RebootRequired"},
     Outcome("accepted", "RebootRequired")),
    (V16, "ChangeConfiguration", {"status": "NotSupported"}, Outcome("rejected", "NotSupported")),
    (V16, "UpdateFirmware", {}, Outcome("accepted", "Accepted")),
    (V16, "GetConfiguration", {}, Outcome("accepted")),
    (V16, "GetConfiguration", {"unknownKey": ["X"]}, Outcome("rejected", "UnknownKey")),
    (V201, "RequestStartTransaction", {"status": "Accepted", "transactionId": "T-1"},
     Outcome("accepted", "Accepted", transaction_id="T-1")),
    (V201, "GetTransactionStatus", {"ongoingIndicator": False, "messagesInQueue": True},
     Outcome("accepted", "MessagesInQueue", is_ongoing=False)),
    (V201, "GetTransactionStatus", {"messagesInQueue": False}, Outcome("accepted")),
    (V201, "GetBaseReport", {"status": "EmptyResultSet"}, Outcome("rejected", "EmptyResultSet")),
    (V201, "SetVariables", {"setVariableResult": [
        A_AND_B | {"attributeStatus": "Accepted"},
        A_AND_B | {"attributeStatus": "RebootRequired"}]}, Outcome("accepted", "RebootRequired")),
    (V201, "SetVariables", {"setVariableResult": [
        A_AND_B | {"attributeStatus": "Accepted"},
        A_AND_B | {"attributeStatus": "UnknownVariable"}]},
     Outcome("rejected", "UnknownVariable")),
    (V201, "GetVariables", {"getVariableResult": [
        A_AND_B | {"attributeStatus": "Accepted", "attributeValue": "7"},
        A_AND_B | {"attributeStatus": "UnknownVariable"}]},
     Outcome("accepted", "UnknownVariable", (VariableValue("C", "V", "7", evse_id=1),))),
    (V201, "Reset", None, Outcome("accepted", "Accepted")),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "action", "payload", "outcome"), CASES)
def test_each_answer_has_its_meaning(
    protocol: Protocol, action: str, payload: Any, outcome: Outcome
) -> None:
    assert codec(protocol).outcome(ANY, action, payload) == outcome


def test_configuration_keys_are_read_whatever_their_json_type() -> None:
    keys = [
        {"key": "A", "readonly": False, "value": "1"},
        {"key": "B", "readonly": "true", "value": 60},
        {"key": "C", "readonly": 1, "value": True},
        {"key": "D", "readonly": 0},
    ]
    outcome = codec(V16).outcome(GetVariables(), "GetConfiguration", {"configurationKey": keys})
    assert [(v.variable, v.value, v.mutability) for v in outcome.values] == [
        ("A", "1", "ReadWrite"),
        ("B", "60", "ReadOnly"),
        ("C", "true", "ReadOnly"),
        ("D", None, "ReadWrite"),
    ]


@given(st.integers())
def test_no_answer_however_broken_raises(seed: int) -> None:
    dice = random.Random(seed)
    protocol = dice.choice(list(Protocol))
    action = dice.choice(sorted(actions(protocol, "from_csms")))
    answer = build(protocol, action, kind="response", is_full=True)
    outcome = codec(protocol).outcome(ANY, action, mutated(answer, dice))
    assert outcome.status in ("accepted", "rejected")
    assert all(isinstance(value.value, str | None) for value in outcome.values)
