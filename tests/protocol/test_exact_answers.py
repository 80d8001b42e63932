"""Whatever we decide, what a station is answered is exact: schema, no null, decimals, UTC."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.answers import (
    Answer,
    BootAnswer,
    DataTransferAnswer,
    SessionAnswer,
    StatusAnswer,
    TimeAnswer,
    TokenAnswer,
)
from apps.domain.certificates import CertificateStatusAnswer, ContractAnswer, EvCertificateAnswer
from apps.domain.vocabulary import BootStatus, Protocol, TokenStatus
from apps.protocol import codec, validation
from apps.protocol.validation import actions, problems

EVERY = [(p, a) for p in Protocol for a in sorted(actions(p, "from_station"))]
KINDS = ["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress",
         "NoAuthorization"]  # fmt: skip
CONTRACTS = ["Accepted", "SignatureError", "CertificateExpired", "CertificateRevoked",
             "NoCertificateAvailable", "CertChainError", "ContractCancelled"]  # fmt: skip

lengths = st.sampled_from([0, 1, 8, 9, 20, 21, 36, 37, 255, 512, 513, 2500])
texts = st.builds(lambda letter, n: letter * n, st.sampled_from('aÄ€\x00\n"𝄞'), lengths)
blobs = st.builds(lambda n: "A" * n, st.sampled_from([0, 1, 5500, 5501, 5600, 5601, 7500, 7501]))
instants = st.datetimes(
    min_value=datetime(1970, 1, 1), max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=9))]),
)  # fmt: skip
costs = st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False)
VERDICT: dict[str, st.SearchStrategy[Any]] = {
    "status": st.sampled_from(list(TokenStatus)),
    "group": texts,
    "group_kind": st.sampled_from(["", *KINDS]),
    "expires_at": st.none() | instants,
    "language": texts,
    "personal_message": texts,
    "charging_priority": st.integers(-9, 9),
}
verdicts = st.builds(TokenAnswer, **VERDICT)
contracts = st.builds(ContractAnswer, **VERDICT, certificate_status=st.sampled_from(CONTRACTS))
sessions = st.builds(
    SessionAnswer,
    transaction_id=st.integers(1, 2**31 - 2).map(str),
    token=verdicts,
    total_cost=st.none() | costs,
) | st.builds(
    SessionAnswer,
    transaction_id=st.integers(1, 2**31 - 2).map(str),
    token=st.none(),
    total_cost=st.none() | costs,
)
transfers = st.builds(
    DataTransferAnswer,
    status=st.sampled_from(["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]),
    data=st.none() | texts,
)
words = st.sampled_from(["Accepted", "Rejected"]).map(StatusAnswer)
ANSWERS: dict[str, st.SearchStrategy[Answer]] = {
    "Authorize": verdicts | contracts,
    "BootNotification": st.builds(
        BootAnswer, st.sampled_from(list(BootStatus)), st.integers(0, 2**31 - 1), instants
    ),
    "DataTransfer": transfers,
    "Get15118EVCertificate": st.builds(
        EvCertificateAnswer, st.sampled_from(["Accepted", "Failed"]), blobs
    ),
    "GetCertificateStatus": st.builds(CertificateStatusAnswer, blobs),
    "Heartbeat": st.builds(TimeAnswer, instants),
    "NotifyEVChargingNeeds": words | st.just(StatusAnswer("Processing")),
    "NotifyEVChargingSchedule": words,
    "SignCertificate": words,
    "StartTransaction": sessions.filter(lambda answer: answer.token is not None),
    "StopTransaction": sessions | st.just(Answer()),
    "TransactionEvent": sessions | st.just(Answer()),
}


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def members(schema: dict[str, Any]) -> set[str]:
    return set(schema.get("properties", {})) - {"customData", "statusInfo"}


@pytest.mark.parametrize(("protocol", "action"), EVERY, ids=str)
@given(data=st.data())
def test_what_is_answered_is_exact(protocol: Protocol, action: str, data: st.DataObject) -> None:
    answer = data.draw(ANSWERS.get(action, st.just(Answer())))
    sent = orjson.loads(orjson.dumps(codec(protocol).write(action, answer)))
    assert not problems(protocol, action, "response", sent)
    for leaf in leaves(sent):
        assert leaf is not None
        if isinstance(leaf, float):
            assert -Decimal(str(leaf)).as_tuple().exponent <= 6  # type: ignore[operator]
        if isinstance(leaf, str) and re.match(r"\d{4}-\d\d-\d\dT", leaf):
            assert re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d{1,3})?Z", leaf), leaf


@pytest.mark.parametrize(("protocol", "action"), EVERY, ids=str)
def test_every_answer_that_has_members_is_tried(protocol: Protocol, action: str) -> None:
    needed = members(validation.schema(protocol, action, "response"))
    assert not needed or action in ANSWERS
