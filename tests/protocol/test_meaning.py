"""A raw call means what the writers would say: there and back again is the same call."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.commands.raw import meaning_of
from apps.domain.commands import RawCall, SetVariables, parameters, parse
from apps.domain.vocabulary import Protocol
from apps.protocol import codec, guide, validation
from apps.protocol.errors import CannotEncode
from tests.protocol.test_exact import GIVEN, calls
from tests.protocol.test_guide import NOW

# Ours is more than what one call says: which steps, which list, whose certificate.
NOT_SAID = {
    "renew_certificate", "set_security_profile", "install_signed_certificate",
    "raw_call", "tell_user_price", "tell_running_cost", "tell_final_cost",
}  # fmt: skip
ORDERS = [
    (protocol, name, said)
    for protocol in Protocol
    for name, all_said in GIVEN.items()
    for said in all_said
    if name not in NOT_SAID
]


@pytest.mark.parametrize(("protocol", "name", "said"), ORDERS, ids=str)
def test_what_we_write_is_read_back(protocol: Protocol, name: str, said: dict[str, Any]) -> None:
    try:
        written = list(calls(parse(name, said), protocol))
    except CannotEncode:
        return
    for action, payload in written:
        if action == "GetBaseReport" or is_in_disguise(name, action):
            continue
        meant = meaning_of(protocol, RawCall(action, payload))
        assert meant is not None
        again = codec(protocol).encode(meant, request_id=payload.get("requestId", 0))
        assert again == (action, payload)
        assert parse(meant.declared.name, parameters(meant)) == meant


def is_in_disguise(name: str, action: str) -> bool:
    """Where 1.6 has no message for it a command travels as data, which we do not look into."""
    return action == "DataTransfer" and name != "data_transfer"


@pytest.mark.parametrize("protocol", list(Protocol), ids=lambda protocol: protocol.value)
@pytest.mark.parametrize("is_full", [False, True])
def test_no_valid_call_is_too_strange_to_be_sent(protocol: Protocol, is_full: bool) -> None:
    for action in validation.actions(protocol, "from_csms"):
        payload = guide.example(protocol, action, NOW, is_full=is_full)
        meant = meaning_of(protocol, RawCall(action, payload))
        assert meant is None or parameters(meant) is not None


def test_a_call_that_our_words_cannot_say_means_nothing() -> None:
    unbound = {
        "evseId": 1,
        "chargingProfile": {
            "id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Relative", "chargingSchedule": [
                {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": []},
            ],
        },
    }  # fmt: skip
    assert meaning_of(Protocol.OCPP201, RawCall("SetChargingProfile", unbound)) is None
    assert meaning_of(Protocol.OCPP201, RawCall("SomethingNew", {})) is None
    far = {"listVersion": 2**31, "updateType": "Full"}
    assert meaning_of(Protocol.OCPP16, RawCall("SendLocalList", far)) is None
    below = {"connectorId": -1, "expiryDate": "2026-03-01T12:00:00Z", "idTag": "A",
             "reservationId": -1}  # fmt: skip
    assert meaning_of(Protocol.OCPP16, RawCall("ReserveNow", below)) is None


def test_a_key_of_1_6_is_a_variable() -> None:
    call = RawCall("ChangeConfiguration", {"key": "SecurityProfile", "value": "2"})
    item = {"variable": {"name": "SecurityProfile"}, "attributeValue": "2"}
    assert meaning_of(Protocol.OCPP16, call) == SetVariables((item,))


@pytest.mark.parametrize("protocol", list(Protocol), ids=lambda protocol: protocol.value)
@given(data=st.data())
def test_whatever_is_meant_can_be_kept_and_read_again(
    protocol: Protocol, data: st.DataObject
) -> None:
    """Any number, any text: what the outbox cannot read would never be sent."""
    action = data.draw(st.sampled_from(sorted(validation.actions(protocol, "from_csms"))))
    payload = guide.example(protocol, action, NOW, is_full=data.draw(st.booleans()))
    strange = _changed(payload, data)
    if validation.problems(protocol, action, "request", strange):
        return
    meant = meaning_of(protocol, RawCall(action, strange))
    assert meant is None or parse(meant.declared.name, parameters(meant)) == meant


def _changed(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, dict):
        return {name: _changed(inner, data) for name, inner in value.items()}
    if isinstance(value, list):
        return [_changed(inner, data) for inner in value]
    if isinstance(value, bool) or data.draw(st.booleans()):
        return value
    if isinstance(value, int | float):
        return data.draw(st.sampled_from([-1, 0, 2**31, 2**63, -(2**40), 1e300]))
    return data.draw(st.sampled_from(["", "x", "€" * 20, "2026-03-01T12:00:00", "0" * 40]))
