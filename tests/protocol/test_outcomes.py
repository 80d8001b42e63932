import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.command import Command
from apps.domain.commands import GetVariables, RawCall, SetVariables
from apps.domain.device import (
    GetReport,
    MonitorCleared,
    MonitoringBaseTaken,
    MonitoringLevelTaken,
    MonitorSet,
    MonitorTold,
    SetMonitoringBase,
    SetMonitoringLevel,
    VariableSet,
)
from apps.domain.events import VariableValue
from apps.domain.maintenance import SetMonitors
from apps.domain.vocabulary import Protocol
from apps.protocol import Outcome, codec
from apps.protocol.validation import actions
from tests.protocol.payloads import build, mutated

V16, V201 = Protocol.OCPP16, Protocol.OCPP201
ANY = RawCall("Any", {})
A_AND_B = {"component": {"name": "C", "evse": {"id": 1}}, "variable": {"name": "V"}}
C_V = VariableValue("C", "V", None, evse_id=1)
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
        A_AND_B | {"attributeStatus": "RebootRequired"}]},
     Outcome("accepted", "RebootRequired", facts=(VariableSet(C_V), VariableSet(C_V, True)))),
    (V201, "SetVariables", {"setVariableResult": [
        A_AND_B | {"attributeStatus": "Accepted"},
        A_AND_B | {"attributeStatus": "UnknownVariable"}]},
     Outcome("rejected", "UnknownVariable", facts=(VariableSet(C_V),))),
    (V201, "ClearVariableMonitoring", {"clearMonitoringResult": [
        {"id": 1, "status": "Accepted"}, {"id": 2, "status": "Rejected"},
        {"id": 3, "status": "NotFound"}]},
     Outcome("rejected", "Rejected, NotFound", facts=(MonitorCleared(1), MonitorCleared(3)))),
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


WANTED = A_AND_B | {"value": 16.5, "type": "UpperThreshold", "severity": 4, "transaction": True}
SET = MonitorSet(MonitorTold(9, C_V, "UpperThreshold", 16.5, 4, True))
RESULT = A_AND_B | {"id": 9, "type": "UpperThreshold", "severity": 4, "status": "Accepted"}
TAKEN: list[tuple[Protocol, Command, str, Any, tuple[Any, ...]]] = [
    (V201, SetMonitors((WANTED,)), "SetVariableMonitoring",
     {"setMonitoringResult": [RESULT]}, (SET,)),
    (V201, RawCall("SetVariableMonitoring", {"setMonitoringData": [WANTED]}),
     "SetVariableMonitoring", {"setMonitoringResult": [RESULT]}, (SET,)),
    (V201, SetMonitors((WANTED,)), "SetVariableMonitoring",
     {"setMonitoringResult": [RESULT | {"status": "Duplicate"}]}, ()),
    (V201, SetMonitors((WANTED,)), "SetVariableMonitoring",
     {"setMonitoringResult": [RESULT | {"severity": 5}]}, ()),
    (V201, SetMonitoringBase("factory_default"), "SetMonitoringBase", {"status": "Accepted"},
     (MonitoringBaseTaken("factory_default"),)),
    (V201, RawCall("SetMonitoringBase", {"monitoringBase": "HardWiredOnly"}),
     "SetMonitoringBase", {"status": "Accepted"}, (MonitoringBaseTaken("hard_wired_only"),)),
    (V201, SetMonitoringBase("all"), "SetMonitoringBase", {"status": "NotSupported"}, ()),
    (V201, SetMonitoringLevel(4), "SetMonitoringLevel", {"status": "Accepted"},
     (MonitoringLevelTaken(4),)),
    (V201, RawCall("SetMonitoringLevel", {"severity": 0}), "SetMonitoringLevel",
     {"status": "Accepted"}, (MonitoringLevelTaken(0),)),
    (V201, SetMonitoringLevel(4), "SetMonitoringLevel", {"status": "Rejected"}, ()),
    (V16, SetVariables(({"key": "K", "attributeValue": "1"},)), "ChangeConfiguration",
     {"status": "RebootRequired"}, (VariableSet(VariableValue("", "K", None), True),)),
    (V16, RawCall("ChangeConfiguration", {"key": "K", "value": "1"}), "ChangeConfiguration",
     {"status": "Accepted"}, (VariableSet(VariableValue("", "K", None)),)),
    (V16, SetVariables(({"key": "K", "attributeValue": "1"},)), "ChangeConfiguration",
     {"status": "Rejected"}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "command", "action", "answer", "facts"), TAKEN)
def test_an_answer_tells_what_was_taken(
    protocol: Protocol, command: Command, action: str, answer: Any, facts: tuple[Any, ...]
) -> None:
    assert codec(protocol).outcome(command, action, answer).facts == facts


def test_nothing_to_report_is_a_result_but_for_a_raw_call() -> None:
    empty = {"status": "EmptyResultSet"}
    ours = codec(V201).outcome(GetReport(("problem",)), "GetReport", empty)
    assert (ours.status, ours.detail) == ("accepted", "EmptyResultSet")
    assert codec(V201).outcome(ANY, "GetReport", empty).status == "rejected"


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
