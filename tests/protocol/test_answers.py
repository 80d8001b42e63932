from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from apps.domain.answers import (
    Answer,
    BootAnswer,
    DataTransferAnswer,
    SessionAnswer,
    StatusAnswer,
    TimeAnswer,
    TokenAnswer,
)
from apps.domain.vocabulary import BootStatus, Protocol, TokenStatus
from apps.protocol import codec
from apps.protocol.errors import CannotEncode
from apps.protocol.validation import actions, problems

V16, V201 = Protocol.OCPP16, Protocol.OCPP201
NOW = datetime(2025, 3, 4, 8, 0, 0, 999, tzinfo=UTC)
FULL = TokenAnswer(TokenStatus.NO_CREDIT, "GROUP", "ISO14443", NOW, "de", "Hallo " * 200)
NEEDING = {"BootNotification", "Heartbeat"}
EVERY = [(p, a) for p in Protocol for a in sorted(actions(p, "from_station"))]


def written(protocol: Protocol, action: str, answer: Answer) -> dict[str, Any]:
    """The answer, proved to be valid and to survive the wire."""
    payload = codec(protocol).write(action, answer)
    assert problems(protocol, action, "response", payload) == []
    assert orjson.loads(orjson.dumps(payload)) == payload
    return payload


@pytest.mark.parametrize(("protocol", "action"), [e for e in EVERY if e[1] not in NEEDING])
def test_an_empty_answer_is_the_least_that_is_valid(protocol: Protocol, action: str) -> None:
    written(protocol, action, Answer())


@pytest.mark.parametrize(("protocol", "action"), [e for e in EVERY if e[1] in NEEDING])
def test_an_answer_that_needs_more_is_not_invented(protocol: Protocol, action: str) -> None:
    with pytest.raises(CannotEncode):
        codec(protocol).write(action, Answer())


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("status", list(BootStatus))
def test_a_boot_is_answered_with_whole_seconds_in_utc(
    protocol: Protocol, status: BootStatus
) -> None:
    assert written(protocol, "BootNotification", BootAnswer(status, 300, NOW)) == {
        "currentTime": "2025-03-04T08:00:00Z",
        "interval": 300,
        "status": status.value,
    }
    assert written(protocol, "Heartbeat", TimeAnswer(NOW)) == {
        "currentTime": "2025-03-04T08:00:00Z"
    }


@pytest.mark.parametrize("status", list(TokenStatus))
def test_every_verdict_has_its_word_in_2_0_1_and_five_in_1_6(status: TokenStatus) -> None:
    in_201 = written(V201, "Authorize", TokenAnswer(status))
    in_16 = written(V16, "Authorize", TokenAnswer(status))
    own_words = {"Accepted", "Blocked", "ConcurrentTx", "Expired", "Invalid"}
    assert in_201 == {"idTokenInfo": {"status": status.value}}
    expected = status.value if status in own_words else "Invalid"
    assert in_16 == {"idTagInfo": {"status": expected}}


def test_a_verdict_carries_group_expiry_language_and_message() -> None:
    info = written(V201, "Authorize", FULL)["idTokenInfo"]
    assert info["groupIdToken"] == {"idToken": "GROUP", "type": "ISO14443"}
    assert info["cacheExpiryDateTime"] == "2025-03-04T08:00:00Z"
    assert info["language1"] == "de"
    assert info["personalMessage"]["language"] == "de"
    assert len(info["personalMessage"]["content"]) == 512
    assert written(V16, "Authorize", FULL)["idTagInfo"] == {
        "status": "Invalid",
        "expiryDate": "2025-03-04T08:00:00Z",
        "parentIdTag": "GROUP",
    }


def test_what_is_too_long_for_the_version_is_left_out() -> None:
    verdict = TokenAnswer(TokenStatus.ACCEPTED, "g" * 40, "Local", None, "x-very-long")
    assert written(V16, "Authorize", verdict)["idTagInfo"] == {"status": "Accepted"}
    assert written(V201, "Authorize", verdict)["idTokenInfo"] == {"status": "Accepted"}


def test_x14_a_cost_of_zero_is_said_and_an_unknown_one_is_not() -> None:
    free = SessionAnswer(total_cost=Decimal(0))
    assert written(V201, "TransactionEvent", free) == {"totalCost": 0}
    assert written(V201, "TransactionEvent", SessionAnswer()) == {}


def test_r13_a_cost_has_at_most_six_decimals() -> None:
    priced = SessionAnswer(token=FULL, total_cost=Decimal("1.23456789"))
    payload = written(V201, "TransactionEvent", priced)
    assert payload["totalCost"] == 1.234568
    assert payload["idTokenInfo"]["status"] == "NoCredit"


def test_a_1_6_start_gets_its_id_even_where_the_tag_is_refused() -> None:
    answer = SessionAnswer("70001", TokenAnswer(TokenStatus.BLOCKED))
    assert written(V16, "StartTransaction", answer) == {
        "transactionId": 70001,
        "idTagInfo": {"status": "Blocked"},
    }


@pytest.mark.parametrize("wrong", [None, "", "0", "-4", "T-1", "2147483647", "³"])
def test_a_1_6_start_never_gets_an_id_that_stations_misread(wrong: str | None) -> None:
    with pytest.raises(CannotEncode):
        codec(V16).write("StartTransaction", SessionAnswer(wrong, FULL))


def test_a_1_6_stop_tells_the_verdict_only_where_there_is_one() -> None:
    assert written(V16, "StopTransaction", SessionAnswer()) == {}
    assert "idTagInfo" in written(V16, "StopTransaction", SessionAnswer(token=FULL))


@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_data_transfer_is_unknown_unless_answered(protocol: Protocol) -> None:
    assert written(protocol, "DataTransfer", Answer()) == {"status": "UnknownVendorId"}
    answer = DataTransferAnswer("Accepted", "ok")
    assert written(protocol, "DataTransfer", answer) == {"status": "Accepted", "data": "ok"}


def test_a_bare_status_is_written_where_the_action_has_one() -> None:
    for protocol in Protocol:
        answer = StatusAnswer("Accepted")
        assert written(protocol, "SignCertificate", answer) == {"status": "Accepted"}
        assert written(protocol, "MeterValues", answer) == {}


def test_a_foreign_zone_is_written_in_utc() -> None:
    later = NOW.astimezone(tz=None) + timedelta(hours=1)
    assert written(V16, "Heartbeat", TimeAnswer(later)) == {"currentTime": "2025-03-04T09:00:00Z"}
