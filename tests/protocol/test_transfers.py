"""The registry of data transfers: who is known, in which version, and how it is answered."""

import json
from datetime import UTC, datetime

import pytest

from apps.domain.answers import Answer, DataTransferAnswer, TokenAnswer
from apps.domain.events import (
    DataTransferred,
    HeartbeatReceived,
    SecurityEventReported,
    Token,
    TokenPresented,
)
from apps.domain.vocabulary import Protocol, TokenStatus
from apps.protocol import codec, translation
from apps.protocol.transfers import VENDORS, costs, pnc
from apps.protocol.transfers.vendor import Unreadable, each_once
from apps.protocol.transfers.within import message

NOW = datetime(2026, 5, 1, tzinfo=UTC)
V16, V201 = codec(Protocol.OCPP16), codec(Protocol.OCPP201)
AUTHORIZE = {"vendorId": pnc.VENDOR_ID, "messageId": "Authorize", "data": '{"idToken": "DE1"}'}


def test_vendors_are_known_without_regard_to_case() -> None:
    assert all(name == name.casefold() for name in VENDORS)
    shouted = AUTHORIZE | {"vendorId": pnc.VENDOR_ID.upper()}
    assert translation.read(V16, "DataTransfer", shouted, NOW) == TokenPresented(
        Token("DE1", "eMAID")
    )


def test_a_vendor_is_known_in_its_versions_only() -> None:
    found = translation.read(V201, "DataTransfer", AUTHORIZE, NOW)
    assert found == DataTransferred(pnc.VENDOR_ID, "Authorize", AUTHORIZE["data"])


def test_a_known_vendor_without_such_a_message_says_so() -> None:
    asked = {"vendorId": costs.VENDOR_ID, "messageId": "ConnectorUnplugged", "data": "{}"}
    found = translation.read(V16, "DataTransfer", asked, NOW)
    assert isinstance(found, DataTransferred)
    assert found.verdict == "UnknownMessageId"


def test_other_actions_pass() -> None:
    assert translation.read(V16, "Heartbeat", {}, NOW) == HeartbeatReceived()
    assert translation.write(V16, "Authorize", {}, TokenAnswer(TokenStatus.ACCEPTED)) == {
        "idTagInfo": {"status": "Accepted"}
    }


@pytest.mark.parametrize(
    ("status", "told"), [("ACCEPTED", "Accepted"), ("BLOCKED", "Blocked"), ("NO_CREDIT", "Invalid")]
)
def test_a_verdict_is_told_in_words_that_1_6_knows(status: str, told: str) -> None:
    answer = translation.write(V16, "DataTransfer", AUTHORIZE, TokenAnswer(TokenStatus[status]))
    assert answer == {"status": "Accepted", "data": f'{{"idTokenInfo":{{"status":"{told}"}}}}'}


def test_a_plain_answer_stays_plain() -> None:
    refused = translation.write(V16, "DataTransfer", AUTHORIZE, DataTransferAnswer("Rejected"))
    assert refused == {"status": "Rejected"}
    unknown = {"vendorId": "org.nobody"}
    assert translation.write(V201, "DataTransfer", unknown, Answer()) == {
        "status": "UnknownVendorId"
    }


@pytest.mark.parametrize("as_text", [True, False])
def test_any_message_of_2_0_1_is_handled_by_its_name_alone(as_text: bool) -> None:
    told = {"type": "TamperDetectionActivated", "timestamp": NOW.isoformat()}
    handler = message("SecurityEventNotification")
    found = handler.read(json.dumps(told) if as_text else told, NOW)
    assert found == SecurityEventReported("TamperDetectionActivated", NOW)
    assert handler.write(Answer()) == "{}"
    with pytest.raises(Unreadable, match="SecurityEventNotification/type"):
        handler.read(told | {"type": 7}, NOW)


@pytest.mark.parametrize("name", ["SecurityEvent", "Reset"])
def test_what_no_station_sends_cannot_be_registered(name: str) -> None:
    with pytest.raises(ValueError, match=f"no station sends a '{name}'"):
        message(name)


def test_two_vendors_cannot_claim_the_same() -> None:
    with pytest.raises(ValueError, match="two vendors claim 'acme'"):
        each_once([("acme", costs.VENDOR), ("acme", pnc.VENDOR)])
