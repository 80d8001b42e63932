"""Nothing that a station sends breaks its socket, stays unanswered without a reason, or is lost."""

import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from apps.domain.vocabulary import Protocol
from apps.journal.models import Message
from apps.protocol import validation
from tests.corpus import FRAMES
from tests.protocol.payloads import build, mutated
from tests.servers import rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
MUTATIONS = 25
ACTIONS = [
    (protocol, action)
    for protocol in Protocol
    for action in sorted(validation._FROM_STATION[protocol])
]


async def answers_until_alive(wire: Wire) -> list[list[Any]]:
    """Every answer that came before that to a heartbeat."""
    await wire.send([2, "alive", "Heartbeat", {}])
    answers = []
    while (answer := await wire.answer())[1] != "alive":
        answers.append(answer)
    assert answer[0] == 3
    return answers


async def kept() -> int:
    return await rows(lambda: Message.objects.exclude(message_id="alive").count())


@pytest.mark.parametrize(
    ("protocol", "action"), ACTIONS, ids=[f"{p.value}-{action}" for p, action in ACTIONS]
)
async def test_a_mutated_message_is_answered_under_its_id_and_kept(
    wire: MakeWire, protocol: Protocol, action: str
) -> None:
    dice = random.Random(f"{protocol}{action}")
    opened = await wire(protocol.value)
    payloads = [build(protocol, action, is_full=is_full) for is_full in (False, True)]
    for number in range(MUTATIONS):
        sent = mutated(dice.choice(payloads), dice)
        answer = await opened.call(action, sent, f"m{number}")
        assert answer[0] in (3, 4)
        if answer[0] == 4:
            assert answer[2] != "InternalError", (sent, answer)
        else:
            problems = validation.problems(protocol, action, "response", answer[2])
            assert problems == [], (sent, answer)
    assert await answers_until_alive(opened) == []
    assert await kept() == MUTATIONS


@pytest.mark.parametrize(
    ("protocol", "action"), ACTIONS, ids=[f"{p.value}-{action}" for p, action in ACTIONS]
)
async def test_the_least_and_the_fullest_message_are_taken(
    wire: MakeWire, protocol: Protocol, action: str
) -> None:
    opened = await wire(protocol.value)
    for is_full in (False, True):
        answer = await opened.call(action, build(protocol, action, is_full=is_full))
        assert answer[0] == 3 or answer[2] == "NotSupported", answer
    assert await kept() == 2


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize(("frame", "message_id"), FRAMES, ids=[str(f)[:30] for f, _ in FRAMES])
async def test_a_broken_frame_is_answered_or_passed_over_and_kept(
    wire: MakeWire, protocol: Protocol, frame: str | bytes, message_id: str | None
) -> None:
    opened = await wire(protocol.value)
    await opened.send_text(frame if isinstance(frame, bytes) else frame.encode())
    answers = await answers_until_alive(opened)
    assert [answer[1] for answer in answers] == ([] if message_id is None else [message_id])
    assert await kept() == 1


@pytest.mark.parametrize("protocol", list(Protocol))
async def test_random_bytes_never_close_the_socket(wire: MakeWire, protocol: Protocol) -> None:
    dice = random.Random(7)
    opened = await wire(protocol.value)
    whole = json.dumps([2, "m", "Heartbeat", {"a": [1, {"b": "c"}]}]).encode()
    for _ in range(100):
        broken = bytearray(whole)
        for _ in range(dice.randint(1, 5)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        await opened.send_text(bytes(broken[: dice.randint(1, len(broken))]))
    await answers_until_alive(opened)
    assert await rows(lambda: Message.objects.count()) >= 100


@pytest.mark.parametrize("protocol", list(Protocol))
async def test_a_binary_frame_is_read_like_text(wire: MakeWire, protocol: Protocol) -> None:
    opened = await wire(protocol.value)
    await opened.send(b'[2,"m","Heartbeat",{}]')
    assert (await opened.answer())[:2] == [3, "m"]
