"""How far a station's words are behind, by what it said live: not by what had to wait. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.telling.lag import Heard, lag_by

T0 = datetime(2026, 11, 20, 9, tzinfo=UTC)


def heard(*pairs: tuple[float, float]) -> list[Heard]:
    """Of minutes: when it came, and of when it speaks."""
    return [Heard(T0 + timedelta(minutes=m), T0 + timedelta(minutes=at)) for m, at in pairs]


@pytest.mark.parametrize(
    ("messages", "minutes"),
    [
        (heard((0, -10), (5, -5), (20, 10)), 10),  # as far apart by either clock
        (heard((0, 60), (30, 90)), -60),
        (heard((60, 0), (60, 20), (60.01, 55)), 0),  # all at once: it waited
        (heard((60, 0)), 0),
        (heard((0, -10), (5, -5), (20, 20)), 0),  # one came at once
        (heard((0, -10), (5, -5), (60, 10), (60, 20)), 10),  # some waited
        ([], 0),
    ],
)
def test_a_clock_is_known_by_two_that_were_told_live(messages: list[Heard], minutes: float) -> None:
    assert lag_by(messages) == timedelta(minutes=minutes)
    assert lag_by(reversed(messages)) == timedelta(minutes=minutes)
