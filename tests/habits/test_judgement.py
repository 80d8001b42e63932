"""What one answer after the other teaches of a way."""

import pytest

from apps.domain.lessons import Lesson
from apps.habits.judgement import Learned, is_unknown_there, learned

TAKEN, REFUSED = Lesson("x", True, True), Lesson("x", False, False)
NOT_THERE = Lesson("x", False, True)


@pytest.mark.parametrize(
    ("lessons", "works"),
    [
        ([], None),
        ([TAKEN], True),
        ([REFUSED], None),
        ([REFUSED, REFUSED], None),
        ([REFUSED, REFUSED, REFUSED], False),
        ([NOT_THERE], False),
        ([TAKEN, REFUSED, REFUSED, REFUSED, REFUSED], True),
        ([TAKEN, NOT_THERE], False),
        ([NOT_THERE, TAKEN], True),
        ([REFUSED, TAKEN, REFUSED, REFUSED, REFUSED], True),
    ],
)
def test_yes_no_and_unknown(lessons: list[Lesson], works: bool | None) -> None:
    known = Learned()
    for lesson in lessons:
        known = learned(known, lesson)
    assert known.works is works


def test_what_is_no_news_is_the_same_object() -> None:
    for before, lesson in ((Learned(True), TAKEN), (Learned(False, 1), NOT_THERE)):
        assert learned(before, lesson) is before
    assert learned(Learned(True), REFUSED).works
    assert learned(Learned(False, 3), REFUSED) == Learned(False, 3)


def test_words_that_say_that_there_is_no_such_thing() -> None:
    assert is_unknown_there("NotImplemented")
    assert not is_unknown_there("Rejected")
