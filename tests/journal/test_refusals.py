"""What is kept of those who were turned away: once each, and no more of strangers than a quota."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apps.journal.models import Refusal
from apps.journal.refusals import MANY_NAMES, TurnedAway, record_refusals

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
STRANGER = TurnedAway("X1", "unknown_identity", 404, NOW, ip="192.0.2.1")


def counts() -> dict[str, int]:
    return dict(Refusal.objects.values_list("identity", "count"))


def test_the_same_refusal_again_raises_its_count_and_keeps_its_first_time() -> None:
    record_refusals([STRANGER, STRANGER], 10)
    record_refusals([replace(STRANGER, at=NOW + timedelta(hours=1), detail="again")], 10)
    row = Refusal.objects.get()
    assert (row.count, row.first_at, row.last_at) == (3, NOW, NOW + timedelta(hours=1))
    assert row.detail == "again"


def test_an_address_cannot_fill_the_list_with_names() -> None:
    for first in (0, 3):
        record_refusals([replace(STRANGER, identity=f"X{first + n}") for n in range(3)], 4)
    assert counts() == {"X0": 1, "X1": 1, "X2": 1, "X3": 1, "": 2}
    assert Refusal.objects.get(identity="").reason == MANY_NAMES


def test_who_is_listed_already_is_counted_beyond_the_quota() -> None:
    record_refusals([STRANGER], 1)
    record_refusals([replace(STRANGER, may_be_listed=False)], 1)
    assert counts() == {"X1": 2}


def test_a_station_of_ours_is_listed_whatever_strangers_do() -> None:
    record_refusals([STRANGER, replace(STRANGER, identity="X2")], 1)
    ours = replace(STRANGER, identity="CP1", organisation_id=1, station_id=1)
    record_refusals([ours], 1)
    assert counts() == {"X1": 1, "": 1, "CP1": 1}


def test_what_no_database_keeps_is_replaced() -> None:
    odd = replace(
        STRANGER, identity="x\x00y" * 99, ip="a\x00", offered="\x00", user_agent="\x1b[2J"
    )
    record_refusals([odd], 10)
    row = Refusal.objects.get()
    assert row.identity.startswith("x\ufffdy")
    assert len(row.identity) == 120
    assert row.user_agent == "\ufffd[2J"
