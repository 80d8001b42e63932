"""What answers teach is kept: once, in one query for all, and each organisation's its own."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Organisation
from apps.batch.refs import StationRef
from apps.domain.lessons import Lesson
from apps.habits.models import Habit
from apps.habits.selectors import tried_of
from apps.habits.services import Noted, learn
from tests.factories import Cast, cast

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def ref(organisation: Organisation, number: int = 1, firmware: str = "1") -> StationRef:
    return StationRef(number, organisation.pk, 1, f"CP{number}", "Test", "One", firmware)


def taken(way: str) -> Lesson:
    return Lesson(way, is_taken=True, is_sure=True)


def refused(way: str) -> Lesson:
    return Lesson(way, is_taken=False, is_sure=False, answer="Rejected")


def queries(*noted: Noted) -> int:
    with CaptureQueriesContext(connection) as asked:
        learn(noted, NOW)
    return len(asked)


def test_stations_of_a_make_learn_together_and_others_for_themselves(people: Cast) -> None:
    mine, theirs = people.location.organisation, people.stranger.organisation
    for number in (1, 2, 3):
        learn([Noted(ref(mine, number), refused("trigger:one"), number)], NOW)
    learn([Noted(ref(theirs), refused("trigger:one"), 9)], NOW)
    learn([Noted(ref(mine, firmware="2"), taken("trigger:one"), 9)], NOW)
    assert tried_of(ref(mine)) == {"trigger:one": (False, 3)}
    assert tried_of(ref(theirs)) == {"trigger:one": (None, 1)}
    assert tried_of(ref(mine, firmware="2")) == {"trigger:one": (True, 0)}
    assert Habit.objects.get(organisation=mine, firmware="1").identity == "CP3"


def test_what_is_no_news_costs_one_query_however_much_it_is(people: Cast) -> None:
    mine = people.location.organisation
    noted: list[Any] = [Noted(ref(mine, n), taken(way), n) for n in range(9) for way in "abcd"]
    learn(noted, NOW)
    assert Habit.objects.count() == 4
    assert queries(*noted) == 1


def test_answers_of_one_batch_count_each(people: Cast) -> None:
    mine = people.location.organisation
    learn([Noted(ref(mine, n), refused("question:Heartbeat"), n) for n in range(3)], NOW)
    assert tried_of(ref(mine)) == {"question:Heartbeat": (False, 3)}
