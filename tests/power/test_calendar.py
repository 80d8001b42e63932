"""When a push is due again, clocks that change included."""

from datetime import UTC, datetime

import pytest

from apps.domain.profiles import ChargingProfile, ChargingSchedule, Period
from apps.power.calendar import dated, next_due

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
def test_a_push_keeps_its_local_time(due: str, every: str, now: str, expected: str) -> None:
    assert next_due(at(due), every, ZONE, at(now)) == at(expected)


def test_a_single_push_is_done() -> None:
    assert next_due(at("2030-01-01T16:00"), "", ZONE, at("2030-01-01T16:00")) is None


@pytest.mark.parametrize("kind", ["Absolute", "Relative"])
def test_a_schedule_begins_when_the_push_is_due(kind: str) -> None:
    due_at = at("2030-01-01T16:00")
    profile = ChargingProfile(
        0, "TxDefaultProfile", kind, (ChargingSchedule("A", (Period(0, 6.0),)),)
    )
    expected = None if kind == "Relative" else due_at
    assert dated(profile, due_at).schedules[0].start_at == expected
