"""Pages by key: each row once, and what is rare is looked for piece by piece."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from apps.journal.models import Message
from ocpp_platform import keyset
from ocpp_platform.keyset import Slice

ORDER = ("-at", "-id")
NOW = datetime(2025, 3, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "NEAR_ROWS", 3)
    monkeypatch.setattr(keyset, "FAR_ROWS", 10)


def messages(actions: str) -> None:
    """One for each letter, newest first; two and two at the same instant."""
    Message.objects.bulk_create(
        Message(
            organisation_id=1, station_id=1, at=NOW - timedelta(seconds=n // 2), direction="in",
            action=action, result="ok",
        )
        for n, action in enumerate(actions)
    )  # fmt: skip


def walk(size: int, **wanted: Any) -> list[Slice]:
    rows, found = Message.objects.filter(**wanted), [Slice([], "")]
    while len(found) == 1 or found[-1].cursor:
        here = found[-1].cursor
        found.append(keyset.take(rows, ORDER, size, here, Message.objects.all()))
    return found[1:]


@pytest.mark.parametrize("actions", ["a" * 25, "ab" * 14, "b" * 30 + "a", "b" * 33, "", "abb" * 11])
@pytest.mark.parametrize("size", [1, 2, 50])
def test_every_row_comes_once_and_in_order(actions: str, size: int) -> None:
    messages(actions)
    rows = [row.pk for one in walk(size, action="a") for row in one.items]
    expected = Message.objects.filter(action="a").order_by(*ORDER)
    assert rows == list(expected.values_list("pk", flat=True))


def test_a_look_says_how_far_it_went_and_goes_on_behind() -> None:
    messages("b" * 30 + "a")
    looks = walk(50, action="a")
    assert [len(look.items) for look in looks] == [0, 0, 1]
    reached = [look.looked_to for look in looks[:-1]]
    assert all(later > earlier for later, earlier in pairwise(reached))
    assert (looks[-1].looked_to, looks[-1].cursor) == (None, "")


def test_a_page_that_is_full_says_nothing_of_how_far_it_looked() -> None:
    messages("a" * 12)
    first = walk(2, action="a")[0]
    assert (len(first.items), first.looked_to) == (2, None)


def test_a_list_that_an_index_finds_is_read_to_its_end() -> None:
    messages("b" * 30 + "a")
    found = keyset.take(Message.objects.filter(action="a"), ORDER, 50)
    assert (len(found.items), found.cursor, found.looked_to) == (1, "", None)
