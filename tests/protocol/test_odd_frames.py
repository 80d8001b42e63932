"""What a broken frame about money is taken for at a tolerant station; a strict one is told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.form import Excuse
from apps.domain.vocabulary import Strictness
from apps.protocol import frames, lenient
from apps.protocol.examination import action_in, receive
from apps.protocol.frames import Call, Malformed, decode

LONG = "{0f8fad5b-d9cb-469f-a165-70867728950e}"
STOP = {"meterStop": None, "transactionId": 7}


@pytest.mark.parametrize(
    ("text", "meant", "oddity"),
    [
        ('[2,12,"Authorize",{}]', Call("12", "Authorize", {}, is_numbered=True), "odd_frame"),
        ('[2,-3,"Authorize",{}]', Call("-3", "Authorize", {}, is_numbered=True), "odd_frame"),
        ('[2,null,"Authorize",{}]', Call("-1", "Authorize", {}), "odd_frame"),
        (f'[2,"{LONG}","Authorize",{{}}]', Call(LONG, "Authorize", {}), "odd_frame"),
        ('[2,"a","Authorize",{},{}]', Call("a", "Authorize", {}), "odd_frame"),
        ('[2,"a","Authorize",{"x":1},null,7]', Call("a", "Authorize", {"x": 1}), "odd_frame"),
        ('[2,12,"Authorize",null]', Call("12", "Authorize", {}, is_numbered=True), "odd_frame"),
        ('[2,12,"Authorize"]', Call("12", "Authorize", {}, is_numbered=True), "odd_frame"),
        ('[2,"a","Authorize"]', Call("a", "Authorize", {}), "odd_payload"),
        ('[2,"a","Authorize",[{"x":1}]]', Call("a", "Authorize", {"x": 1}), "odd_payload"),
        ('[2,"a","StopTransaction",{"meterStop":NaN,"transactionId":7}]',
         Call("a", "StopTransaction", STOP), "no_number"),
        ('[2,12,"StopTransaction",{"meterStop":-Infinity,"transactionId":7},0]',
         Call("12", "StopTransaction", STOP, is_numbered=True), "no_number"),
        ('[2,"a","StopTransaction",{"meterStop":1e999,"transactionId":7}]',
         Call("a", "StopTransaction", STOP), "no_number"),
        ('\ufeff[2,"a","Authorize",{}]', Call("a", "Authorize", {}), "no_number"),
        ('[2,"a","Authorize",{}]\0', Call("a", "Authorize", {}), "no_number"),
        ('[2,"a","Authorize",{"x":"\\ud800"}]', Call("a", "Authorize", {"x": "?"}), "no_number"),
    ],
)  # fmt: skip
def test_a_call_is_meant_where_its_action_can_be_read(text: str, meant: Call, oddity: str) -> None:
    assert receive(text) == (meant, (Excuse(oddity),))
    strict, excuses = receive(text, reading=Strictness.STRICT)
    assert isinstance(strict, Malformed)
    assert strict.answerable
    assert excuses == ()


@pytest.mark.parametrize(
    "text",
    [
        '[2,"a",7,{}]', '[2,"a"]', "[2]", '[2,true,"Authorize",{}]',
        '[2,1.5,"Authorize",{}]', '[2,{},"Authorize",{}]',
        f'[2,"{"i" * 300}","X",{{}}]', '[2,"a","X",{"x":', "NaN", "[NaN]", '[3,"a",{"x":NaN}]',
        '{"x":NaN}', '[2,"a","X",{"x":NaN' + "[" * 2_000,
    ],
)  # fmt: skip
def test_of_other_frames_nothing_is_meant(text: str) -> None:
    frame = decode(text)
    assert isinstance(frame, Malformed)
    assert (frame.meant, frame.oddity) == (None, "")


@pytest.mark.parametrize("text", ['[2,12,"Heartbeat",{}]', '[2,"a","NotifyReport",{"x":NaN}]'])
def test_what_nobody_is_billed_by_keeps_its_shape(text: str) -> None:
    frame, excuses = receive(text)
    assert isinstance(frame, Malformed)
    assert excuses == ()


@pytest.mark.parametrize(("message_id", "written"), [(12, "12"), ("12", '"12"')])
def test_an_id_is_answered_as_it_came(message_id: Any, written: str) -> None:
    frame, _ = receive(json.dumps([2, message_id, "Authorize", {}]))
    assert isinstance(frame, Call)
    assert frames.encode_error(frame.reply_id, "X").startswith(f"[4,{written},")


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
))  # fmt: skip
def test_whatever_is_taken_can_be_written_again(value: Any) -> None:
    taken = lenient.loads(json.dumps([2, "a", "X", {"x": value}]))
    again = decode(frames.encode_call("a", "X", taken[3]))
    assert isinstance(again, Call)
    assert again.payload == taken[3]


START = Call("a", "StartTransaction", {"connectorId": 1, "idTag": "it is 'mine'"})


@pytest.mark.parametrize(
    ("text", "meant", "rules"),
    [
        ('["2","a","StopTransaction",{"meterStop":null,"transactionId":7}]',
         Call("a", "StopTransaction", STOP), ["odd_frame"]),
        ('[2,"a","stoptransaction",{"meterStop":null,"transactionId":7}]',
         Call("a", "StopTransaction", STOP), ["wrong_case"]),
        ('["2","a","STOP_TRANSACTION",{"meterStop":null,"transactionId":7}]',
         Call("a", "StopTransaction", STOP), ["odd_frame", "wrong_case"]),
        ("[2,'a','StopTransaction',{'meterStop':null,'transactionId':7}]",
         Call("a", "StopTransaction", STOP), ["json_repaired"]),
        ('[2,"a","StopTransaction",{"meterStop":null,"transactionId":7,},]',
         Call("a", "StopTransaction", STOP), ["json_repaired"]),
        ('[2,"a","StopTransaction",{"meterStop":null,"transactionId":007}]',
         Call("a", "StopTransaction", STOP), ["json_repaired"]),
        ('[2,"a","StartTransaction",{"connectorId":01,"idTag":"it is \'mine\'"}]',
         START, ["json_repaired"]),
        ('[2,"a","StopTransaction",{"meterStop":NaN,"transactionId":7,}]',
         Call("a", "StopTransaction", STOP), ["json_repaired"]),
    ],
)  # fmt: skip
def test_a_call_about_money_is_read_where_its_meaning_is_plain(
    text: str, meant: Call, rules: list[str]
) -> None:
    frame, excuses = receive(text)
    assert (frame, [one.rule for one in excuses]) == (meant, rules)
    strict, excuses = receive(text, reading=Strictness.STRICT)
    assert strict != meant
    assert excuses == ()


@pytest.mark.parametrize(
    "text", ['{"a":"0,}","b":0.05,"c":100,"d":-0.5,"e":1e05,"f":[0,00]}', '"[0,1,]"']
)
def test_what_is_mended_keeps_texts_and_numbers(text: str) -> None:
    plain = text.replace(",00", ",0")
    assert lenient.mended(text) == plain


@pytest.mark.parametrize("text", ['["2","a","Heartbeat",{}]', '[2,"a","heartbeat",{}]'])
def test_of_no_other_message_the_name_or_the_type_is_guessed(text: str) -> None:
    frame, excuses = receive(text)
    assert not (isinstance(frame, Call) and frame.action == "Heartbeat")
    assert excuses == ()


@pytest.mark.parametrize(
    "raw",
    ["[2,'a','StopTransaction',{'x':'it's'}]", '[2,"a","stoptransaction",{"x":}]',
     '["2","a","StopTransaction","x",'],
)  # fmt: skip
def test_what_cannot_be_read_is_known_to_be_about_money(raw: str) -> None:
    assert action_in(raw) == "StopTransaction"
    assert isinstance(receive(raw)[0], Malformed)
