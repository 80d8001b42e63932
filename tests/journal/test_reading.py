"""Kept text is read again without surprise, whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.journal import reading
from tests.corpus import DEEP, kept

KEPT = kept()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@pytest.mark.parametrize("text", KEPT, ids=[f"{n}-{t[:24]!r}" for n, t in enumerate(KEPT)])
def test_any_kept_text_is_shown_and_can_leave_as_json(text: str) -> None:
    shown = reading.shown(text)
    shown.text.encode()
    assert len(shown.text) <= reading.MAX_SHOWN * 4
    assert shown.is_whole or shown.note
    json.dumps(reading.value_of(text), allow_nan=False).encode()
    assert isinstance(reading.members_of(text), dict)


@given(st.text(st.characters()) | JSON.map(json.dumps))
def test_any_text_at_all_is_shown(text: str) -> None:
    reading.shown(text).text.encode()
    json.dumps(reading.value_of(text), allow_nan=False).encode()


def test_what_cannot_be_read_is_shown_as_it_came_with_a_word_of_why() -> None:
    shown = reading.shown(DEEP)
    assert shown.text == DEEP
    assert "nested deeper than 64" in shown.note
    assert "not JSON" in reading.shown("hello").note
    assert reading.value_of(DEEP) == DEEP


def test_what_can_be_read_is_indented_and_says_nothing_of_itself() -> None:
    assert reading.shown('{"a":[1]}') == reading.Shown('{\n  "a": [\n    1\n  ]\n}')
    assert reading.shown({"a": 1}).text == '{\n  "a": 1\n}'
    assert reading.shown("") == reading.Shown("")
    assert reading.members_of('{"a":1}') == {"a": 1}
    assert reading.members_of("[1]") == {}


def test_a_long_text_is_cut_and_says_where_the_rest_is() -> None:
    shown = reading.shown("x" * 1_000_000)
    assert len(shown.text) == reading.MAX_SHOWN
    assert "1,000,000 characters" in shown.note
    assert not shown.is_whole


def test_an_answer_that_is_deeper_than_any_page_is_shown_on_one_line() -> None:
    deep: object = 1
    for _ in range(250):
        deep = {"a": deep}
    shown = reading.shown(deep)
    assert shown.text.count("{") == 250
    assert "nested" in shown.note
