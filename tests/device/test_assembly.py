"""Any order and any repetition of the parts make the same report."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.device.assembly import Assembly, State, lack, state_of, take

Part = tuple[int, int, bool]  # seq, items, is_last


@st.composite
def stories(draw: st.DrawFn) -> list[Part]:
    """The parts that came of a report: each once, some lost, some told twice below."""
    length = draw(st.integers(1, 30))
    sizes = draw(st.lists(st.integers(0, 60), min_size=length, max_size=length))
    parts = [(seq, size, seq == length - 1) for seq, size in enumerate(sizes)]
    return draw(st.lists(st.sampled_from(parts), min_size=1, unique=True))


def put_together(parts: list[Part]) -> Assembly:
    known = Assembly()
    for seq, items, is_last in parts:
        known = take(known, seq, items, is_last=is_last)
    return known


@given(stories(), st.randoms())
def test_any_order_and_any_repetition_make_the_same_report(
    story: list[Part], random: Random
) -> None:
    told = story + random.choices(story, k=random.randint(0, len(story)))
    random.shuffle(told)
    known = put_together(told)
    assert known == put_together(story)
    assert known.parts == len(story)
    assert known.items == sum(items for _, items, _ in story)


@given(stories())
def test_it_is_complete_exactly_when_nothing_is_lost(story: list[Part]) -> None:
    known = put_together(story)
    has_end = any(is_last for _, _, is_last in story)
    numbers = {seq for seq, _, _ in story}
    assert known.is_complete == (has_end and numbers == set(range(max(numbers) + 1)))
    assert state_of(known, is_silent=True) in (State.COMPLETE, State.INCOMPLETE)


@given(stories())
def test_what_is_missing_and_what_came_are_all_up_to_the_last(story: list[Part]) -> None:
    known = put_together(story)
    numbers = {seq for seq, _, _ in story}
    missing = {
        number
        for part in filter(None, known.missing.split(","))
        for first, _, last in [part.partition("-")]
        for number in range(int(first), int(last or first) + 1)
    }
    assert missing | numbers == set(range(max(numbers) + 1))
    assert not missing & numbers


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "No part came"),
        ([(0, 9, False), (1, 9, False)], "The end is missing, after 2 parts"),
        ([(0, 9, False), (2, 9, True)], "Part 1 missing"),
        ([(1, 9, False), (5, 9, True)], "Parts 0,2-4 missing"),
    ],
)
def test_what_it_lacks_is_said(parts: list[Part], words: str) -> None:
    assert lack(put_together(parts)) == words


def test_a_station_that_calls_every_part_the_last_is_read_to_its_end() -> None:
    known = put_together([(0, 4, True), (1, 4, True), (2, 4, True)])
    assert known.is_complete
    assert known.items == 12
