"""Whatever comes over a socket is answered or passed over, is kept, and breaks nothing."""

import json
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.domain.vocabulary import Protocol
from apps.journal.models import Message
from apps.protocol import validation
from tests.protocol.payloads import JUNK, build
from tests.quick import examples
from tests.servers import rows
from tests.wire import Wire

MakeWire = Callable[..., Awaitable[Wire]]
CALL = 2
ACTIONS = {protocol: sorted(validation.actions(protocol, "from_station")) for protocol in Protocol}
numbers = count()
law = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=40),
    st.sampled_from(JUNK), st.sampled_from(["\x00", "\ud800", "𝕏", "a" * 300]),
)  # fmt: skip
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner)
)
ids = st.one_of(
    st.text(max_size=50), st.sampled_from(["m", "", "-1", "x" * 36, "x" * 5_000]), leaves
)
actions = st.one_of(
    st.sampled_from(sorted({*ACTIONS[Protocol.OCPP16], *ACTIONS[Protocol.OCPP201]})),
    st.sampled_from(["Reset", "heartbeat", "NoSuchThing", "A" * 3_000]),
    leaves,
)


@st.composite
def payloads(draw: st.DrawFn) -> Any:
    """A payload of some message, with one of its places filled with something else."""
    protocol = draw(st.sampled_from(list(Protocol)))
    action = draw(st.sampled_from(ACTIONS[protocol]))
    payload = build(protocol, action, is_full=draw(st.booleans()))
    holder = payload
    while isinstance(holder, dict | list) and holder:
        key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else [0]))
        if not isinstance(holder[key], dict | list) or draw(st.booleans()):
            holder[key] = draw(values)
            break
        holder = holder[key]
    return payload


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Nearly a frame: with odd parts, too few or too many, cut off, or with odd bytes."""
    kind = draw(st.one_of(st.sampled_from([2, 2, 2, 3, 4, 5, 6, 99]), leaves))
    parts = [kind, draw(ids), draw(actions), draw(st.one_of(payloads(), values)), draw(values)]
    frame = draw(st.one_of(st.just(parts[: draw(st.integers(0, 5))]), values))
    text = json.dumps(frame).encode()
    if draw(st.booleans()):
        return text
    place = draw(st.integers(0, len(text)))
    odd = draw(
        st.sampled_from([b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"[" * 2_000, b"\\u00"])
    )
    return text[:place] + odd + draw(st.sampled_from([b"", text[place:]]))


def must_be_answered(sent: bytes) -> bool | None:
    """None where either will do: nobody can say of broken JSON whether it was a call."""
    try:
        frame = orjson.loads(sent)
    except ValueError:
        return None
    if not isinstance(frame, list) or not frame:
        return True
    return type(frame[0]) is int and frame[0] == CALL


@pytest.fixture(params=list(Protocol))
async def opened(wire: MakeWire, request: pytest.FixtureRequest) -> Wire:
    """One socket, for all of the frames."""
    made = await wire(request.param.value)
    await made.boot()
    return made


@law
@given(sent=frames())
async def test_a_frame_is_answered_or_passed_over_and_kept_and_the_next_one_works(
    opened: Wire, sent: bytes
) -> None:
    before = await rows(kept)
    await opened.send_text(sent)
    answers = await answers_before_the_next(opened)
    expected = must_be_answered(sent)
    assert len(answers) <= 1
    assert expected is None or len(answers) == expected
    assert all(answer[0] == 4 or CALL in orjson.loads(sent) for answer in answers)
    assert await rows(kept) == before + 1


async def answers_before_the_next(opened: Wire) -> list[list[Any]]:
    """What came before the answer to a heartbeat that is in order."""
    alive, answers = f"alive-{next(numbers)}", []
    await opened.send([2, alive, "Heartbeat", {}])
    while (answer := await opened.answer())[1] != alive:
        answers.append(answer)
    assert answer[0] == 3
    return answers


def kept() -> int:
    return Message.objects.exclude(message_id__startswith="alive-").count()
