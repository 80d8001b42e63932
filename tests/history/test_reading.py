"""Who reads all facts from a position misses none, in whatever order they are committed."""

import queue
import threading
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.history import reading
from apps.history.doers import CLOCK
from apps.history.kinds import STATION_ADDED
from apps.history.reading import Place
from apps.history.services import advance, record


def happen(name: str) -> None:
    record(STATION_ADDED, actor=CLOCK, organisation_id=1, subject=(None, name))


def read(place: Place, *, most: int = 500, expected: int = 1) -> tuple[list[str], Place]:
    """The names of what comes next. Whoever writes in the same cluster holds readers back, other
    tests, too: what is ``expected`` is waited for.
    """
    ends_at = monotonic() + 60
    facts = reading.read_after(place, most)
    while len(facts) < expected and monotonic() < ends_at:
        sleep(0.05)
        facts = reading.read_after(place, most)
    names = [fact.subject_label for fact in facts]
    return names, reading.place_behind(facts[-1]) if facts else place


class Elsewhere:
    """Another process: a connection of its own, in a transaction of its own."""

    def __init__(self) -> None:
        self._asked: queue.Queue[Callable[[], Any] | None] = queue.Queue()
        self._done: queue.Queue[Exception | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def do(self, work: Callable[[], Any]) -> None:
        self._asked.put(work)
        if problem := self._done.get():
            raise problem

    def commit(self) -> None:
        self._asked.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            with transaction.atomic():
                while work := self._asked.get():
                    try:
                        work()
                    except Exception as problem:  # noqa: BLE001 - raised where it was asked for
                        self._done.put(problem)
                    else:
                        self._done.put(None)
        finally:
            connection.close()


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[Elsewhere]:
    other = Elsewhere()
    yield other
    if other._thread.is_alive():
        other.commit()


@pytest.mark.postgres
def test_a_smaller_key_that_is_committed_later_is_read(elsewhere: Elsewhere) -> None:
    elsewhere.do(lambda: happen("first written"))
    happen("first committed")
    names, place = read(Place(), expected=0)
    assert names == []
    elsewhere.commit()
    assert read(place, expected=2)[0] == ["first written", "first committed"]


@pytest.mark.postgres
def test_a_larger_key_of_an_older_transaction_takes_nobody_past_a_smaller(
    elsewhere: Elsewhere,
) -> None:
    other = Elsewhere()
    elsewhere.do(lambda: Organisation.objects.create(name="It has begun to write"))
    other.do(lambda: happen("smaller key"))
    elsewhere.do(lambda: happen("larger key"))
    elsewhere.commit()
    names, place = read(Place())
    assert names == ["larger key"]
    other.commit()
    assert read(place)[0] == ["smaller key"]


@pytest.mark.django_db(transaction=True)
def test_pages_follow_each_other_to_the_end() -> None:
    for name in ("one", "two", "three"):
        happen(name)
    names, place = read(Place(), most=2, expected=2)
    assert names == ["one", "two"]
    names, place = read(place, most=2)
    assert names == ["three"]
    assert read(place, expected=0)[0] == []


@pytest.mark.django_db
def test_a_position_moves_for_one_of_two_readers_only() -> None:
    now = timezone.now()
    assert reading.place_of("webhooks") == Place()
    assert advance("webhooks", since=Place(), to=Place(3, 7), now=now)
    assert not advance("webhooks", since=Place(), to=Place(3, 9), now=now)
    assert reading.place_of("webhooks") == Place(3, 7)
