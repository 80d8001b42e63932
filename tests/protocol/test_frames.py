import json
import random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.protocol import frames
from apps.protocol.frames import Call, CallError, CallResult, Malformed, decode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


def test_the_three_kinds_of_message_are_decoded() -> None:
    assert decode('[2,"a","Heartbeat",{}]') == Call("a", "Heartbeat", {})
    assert decode(b'[3,"a",{"status":"Accepted"}]') == CallResult("a", {"status": "Accepted"})
    assert decode('[4,"a","InternalError","no",{"x":1}]') == CallError(
        "a", "InternalError", "no", {"x": 1}
    )


def test_r02_a_null_payload_is_an_empty_one() -> None:
    assert decode('[2,"a","Heartbeat",null]') == Call("a", "Heartbeat", {})
    assert decode('[3,"a",null]') == CallResult("a", {})


@pytest.mark.parametrize("details", ['""', "null", "[1]", "7", '{"a":1}'])
def test_a_call_error_may_carry_anything_as_its_details(details: str) -> None:
    frame = decode(f'[4,"a","GenericError","",{details}]')
    assert isinstance(frame, CallError)
    assert frame.details == orjson.loads(details)


def test_a_call_error_may_end_early() -> None:
    assert decode('[4,"a","GenericError"]') == CallError("a", "GenericError")


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        ('[2,"a","Heartbeat"]', "a"),
        ('[2,"a","Heartbeat",{},{}]', "a"),
        ('[2,"a",7,{}]', "a"),
        ('[2,"a","Heartbeat",[]]', "a"),
        ('[2,"a","Heartbeat","{}"]', "a"),
        ('[2,"a","Heartbeat",{"x":NaN}]', "a"),
        ('[2,"a","Heartbeat",{"x":1e999}]', "a"),
        ('[2,"a","Heartbeat",{"x":', "a"),
        ('[2,"a","Heartbeat",{"x":"\\ud800"}]', "a"),
        ('[2,12,"Heartbeat",{}]', "-1"),
        ('[2,null,"Heartbeat",{}]', "-1"),
        (f'[2,"{"i" * 37}","Heartbeat",{{}}]', "-1"),
        (f'[2,"{"i" * 37}","Heartbeat",{{', "-1"),
        ("[2]", "-1"),
        ("[]", "-1"),
        ("{}", "-1"),
        ('"text"', "-1"),
        ("", "-1"),
        ("hello", "-1"),
    ],
)
def test_r10_a_broken_call_is_answerable_under_its_id_or_minus_one(
    text: str, message_id: str
) -> None:
    frame = decode(text)
    assert isinstance(frame, Malformed)
    assert (frame.answerable, frame.message_id) == (True, message_id)


@pytest.mark.parametrize(
    "text",
    ['[5,"a","X","",{}]', '[6,"a","X",{}]', '["2","a","X",{}]', "[2.0]", "[true]", "[null,1]",
     '[5,"a",{', "[-2]"],
)  # fmt: skip
def test_r11_an_unknown_message_type_is_ignored(text: str) -> None:
    frame = decode(text)
    assert isinstance(frame, Malformed)
    assert not frame.answerable


@pytest.mark.parametrize(
    "text", ['[3,"a",[]]', '[3,"a"]', '[3,"a",{"x":', '[4,"a"]', '[4,"a","Gen', '[3,"a",7]']
)
def test_r08_a_broken_answer_is_not_answered_but_names_its_call(text: str) -> None:
    frame = decode(text)
    assert isinstance(frame, Malformed)
    assert (frame.answerable, frame.message_id) == (False, "a")


def test_a_broken_payload_is_told_from_a_broken_frame() -> None:
    codes = [decode(text).code for text in ('[2,"a","X",{"', '[2,"a","X"', "x")]  # type: ignore[union-attr]
    assert codes == ["FormatViolation", "RpcFrameworkError", "RpcFrameworkError"]


@pytest.mark.parametrize("levels", [252, 253, 300, 1_000, 1_100, 100_000])
def test_deep_nesting_is_refused_and_what_is_accepted_can_be_written_again(levels: int) -> None:
    frame = decode('[2,"a","X",{"x":' + "[" * levels + "]" * levels + "}]")
    if isinstance(frame, Call):
        assert decode(frames.encode_call("a", "X", frame.payload)) == frame
    else:
        assert isinstance(frame, Malformed)
        assert frame.message_id == "a"
    assert isinstance(frame, Call) == (levels == 252)


def test_of_duplicate_members_the_last_wins() -> None:
    assert decode('[2,"a","X",{"x":1,"x":2}]') == Call("a", "X", {"x": 2})


def test_no_text_keeps_a_nul() -> None:
    assert decode('[2,"a","X",{"x":"\\u0000"}]') == Call("a", "X", {"x": "\ufffd"})
    assert decode(b'[2,"a","X",{"x":"\\u0000"}]') == Call("a", "X", {"x": "\ufffd"})
    frame = decode("[2,\0")
    assert isinstance(frame, Malformed)
    assert "\0" not in frame.raw


def test_huge_integers_do_no_harm() -> None:
    assert decode('[2,"a","X",{"x":9223372036854775807}]') == Call("a", "X", {"x": 2**63 - 1})
    frame = decode('[2,"a","X",{"x":' + "9" * 5_000 + "}]")
    assert isinstance(frame, Malformed)


@given(st.binary(max_size=300) | st.text(st.characters(), max_size=300))
def test_no_text_raises(text: str | bytes) -> None:
    frame = decode(text)
    if isinstance(frame, Malformed):
        assert frame.raw.encode() is not None


@given(st.lists(JSON, max_size=6))
def test_no_array_raises(parts: list[object]) -> None:
    decode(json.dumps(parts))


@given(st.integers(0, 10_000))
def test_a_damaged_frame_never_raises_and_answers_never_get_an_answer(seed: int) -> None:
    dice = random.Random(seed)
    text = '[3,"abc",{"status":"Accepted","x":["€",{"y":1.5}]}]'
    cut = dice.randint(4, len(text))
    damaged = text[:cut] + dice.choice(["", "\\", '"', "]", "}", "\0", "\ud800"])
    frame = decode(damaged)
    assert not (isinstance(frame, Malformed) and frame.answerable)


def test_what_is_encoded_is_decoded_again() -> None:
    assert decode(frames.encode_call("a", "X", {"x": 1})) == Call("a", "X", {"x": 1})
    assert decode(frames.encode_result("a", {"x": "€"})) == CallResult("a", {"x": "€"})
    error = decode(frames.encode_error("a", "GenericError", "w" * 300))
    assert error == CallError("a", "GenericError", "w" * 255, {})
