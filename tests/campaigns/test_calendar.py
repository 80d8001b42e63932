"""When a campaign is due again, clocks that change included."""

from datetime import UTC, datetime

import pytest

from apps.campaigns.calendar import next_due

ZONE = "Europe/Amsterdam"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "every", "now", "expected"),
    [
        ("2030-03-29T16:00", "daily", "2030-03-29T16:00", "2030-03-30T16:00"),
        ("2030-03-30T16:00", "daily", "2030-03-30T16:00", "2030-03-31T15:00"),  # summer begins
        ("2030-10-26T15:00", "daily", "2030-10-26T15:01", "2030-10-27T16:00"),  # summer ends
        ("2030-03-25T16:00", "weekly", "2030-03-25T16:00", "2030-04-01T15:00"),
        ("2030-01-01T16:00", "daily", "2030-01-10T15:00", "2030-01-10T16:00"),  # after an outage
        ("2030-01-01T16:00", "daily", "2030-01-10T17:00", "2030-01-11T16:00"),
    ],
)
def test_it_keeps_its_local_time(due: str, every: str, now: str, expected: str) -> None:
    assert next_due(at(due), every, ZONE, at(now)) == at(expected)


def test_a_single_turn_is_the_last() -> None:
    assert next_due(at("2030-01-01T16:00"), "", ZONE, at("2030-01-01T16:00")) is None
