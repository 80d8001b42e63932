"""The set of sequence numbers is a set, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.sessions import seqs


def written(numbers: list[int]) -> str:
    text = ""
    for number in numbers:
        text = seqs.add(text, number)
    return text


@given(st.lists(st.integers(0, 40)), st.randoms())
def test_any_order_and_any_repetition_write_the_same_set(numbers: list[int], dice: object) -> None:
    shuffled = [*numbers, *numbers[: len(numbers) // 2]]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert written(shuffled) == written(sorted(set(numbers)))


@given(st.lists(st.integers(0, 40)))
def test_it_holds_what_was_added_and_nothing_else(numbers: list[int]) -> None:
    text = written(numbers)
    assert [n for n in range(42) if seqs.has(text, n)] == sorted(set(numbers))


@pytest.mark.parametrize(
    ("numbers", "text", "has_gaps"),
    [
        ([], "", False),
        ([0], "0", False),
        ([0, 1, 2], "0-2", False),
        ([2, 0, 1], "0-2", False),
        ([0, 1, 3], "0-1,3", True),
        ([7, 9, 8], "7-9", False),
        ([5, 0], "0,5", True),
        ([2_147_483_647], "2147483647", False),
    ],
)
def test_ranges_are_joined_and_gaps_are_seen(numbers: list[int], text: str, has_gaps: bool) -> None:
    assert written(numbers) == text
    assert seqs.has_gaps(text) == has_gaps
    assert seqs.write(seqs.parse(text)) == text
