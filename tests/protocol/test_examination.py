"""The whole door: text in, event out, and an answer that the schema allows."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.domain.answers import Answer, BootAnswer, SessionAnswer, TimeAnswer, TokenAnswer
from apps.domain.events import Event
from apps.domain.vocabulary import BootStatus, Protocol, Strictness, TokenStatus
from apps.protocol import codec, frames, translation
from apps.protocol.errors import ErrorCode
from apps.protocol.examination import examine, receive
from apps.protocol.frames import Call
from apps.protocol.validation import actions, problems
from tests.protocol.payloads import build, mutated

NOW = datetime(2025, 3, 4, 8, 0, tzinfo=UTC)
EVERY = [(p, a) for p in Protocol for a in sorted(actions(p, "from_station"))]
ANSWERS: dict[str, Answer] = {
    "BootNotification": BootAnswer(BootStatus.ACCEPTED, 300, NOW),
    "Heartbeat": TimeAnswer(NOW),
    "StartTransaction": SessionAnswer("70001", TokenAnswer(TokenStatus.ACCEPTED)),
}


@pytest.mark.parametrize(("protocol", "action"), EVERY)
@pytest.mark.parametrize("is_full", [False, True])
def test_every_call_of_a_station_is_read_and_answered(
    protocol: Protocol, action: str, is_full: bool
) -> None:
    payload = build(protocol, action, is_full=is_full)
    frame, excuses = receive(frames.encode_call("id", action, payload))
    assert isinstance(frame, Call)
    found = examine(frame, protocol)
    assert (found.refusal, found.notes, found.excuses, excuses) == ("", [], (), ())
    assert isinstance(codec(protocol).read(action, found.call.payload, NOW), Event)
    answer = codec(protocol).write(action, ANSWERS.get(action, Answer()))
    assert problems(protocol, action, "response", answer) == []


@settings(max_examples=1_500, deadline=None)
@given(st.integers(), st.sampled_from(Strictness))
def test_no_mutation_of_a_call_raises(seed: int, reading: Strictness) -> None:
    dice = random.Random(seed)
    protocol, action = dice.choice(EVERY)
    payload: Any = build(protocol, action, is_full=dice.random() < 0.7)
    frame, _ = receive(frames.encode_call("id", action, mutated(payload, dice)))
    assert isinstance(frame, Call)
    found = examine(frame, protocol, reading=reading)
    if found.refusal:
        assert found.refusal in list(ErrorCode)
        assert frames.encode_error("id", found.refusal, found.description)
        return
    event = translation.event_of(codec(protocol), found, NOW)
    assert isinstance(event, Event)
    assert _numbers_fit(event)


@pytest.mark.parametrize(
    ("protocol", "action", "code"),
    [
        (Protocol.OCPP16, "RemoteStopTransaction", "NotSupported"),
        (Protocol.OCPP16, "TransactionEvent", "NotImplemented"),
        (Protocol.OCPP201, "Authorize-Signed", "NotImplemented"),
    ],
)
def test_r18_a_call_that_is_not_for_us_is_refused_before_its_payload(
    protocol: Protocol, action: str, code: str
) -> None:
    found = examine(Call("1", action, {"what": "ever"}), protocol)
    assert (found.refusal, found.problems) == (code, [])


def _numbers_fit(event: Event) -> bool:
    """Ids that a 32-bit column can keep."""
    names = ("evse_id", "connector_id", "seq", "request_id", "remote_start_id", "reservation_id")
    values = (getattr(event, name, None) for name in names)
    return all(value is None or 0 <= value < 2**31 for value in values)


@pytest.mark.parametrize(
    ("protocol", "action", "said"),
    [
        (Protocol.OCPP201, "StartTransaction", "belongs to ocpp1.6, this is ocpp2.0.1"),
        (Protocol.OCPP16, "TransactionEvent", "belongs to ocpp2.0.1, this is ocpp1.6"),
        (Protocol.OCPP16, "Reset", "is not for us"),
        (Protocol.OCPP201, "Nonsense", "is not for us"),
    ],
)
def test_a_message_of_the_other_version_is_told_what_to_set(
    protocol: Protocol, action: str, said: str
) -> None:
    assert said in examine(Call("m1", action, {}), protocol).description
