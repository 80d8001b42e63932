"""What a car is offered, and when its own plan is within the limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.profiles import ChargingSchedule, Period
from apps.power.composite import Piece, lowest_between
from apps.power.offers import Wish, horizon_s, is_within, most_for, offer, unit_for

NOW = datetime(2030, 1, 1, tzinfo=UTC)
PIECES = [Piece(0, 16.0, 3), Piece(600, 10.0, 3), Piece(1200, None)]


def car(*periods: tuple[int, float], duration_s: int | None = 1800) -> ChargingSchedule:
    return ChargingSchedule("A", tuple(Period(*p) for p in periods), None, duration_s)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (car((0, 16.0), (600, 10.0), (1200, 63.0)), True),
        (car((0, 16.0)), False),  # still 16 when only 10 may be
        (car((0, 10.0)), True),
        (car((0, 16.04), (600, 10.0)), True),  # the rounding of one decimal
        (car((0, 16.1), (600, 10.0)), False),
        (car((0, 16.0), duration_s=600), True),
        (car((0, 16.0), (599, 10.0)), True),
        (car((0, 16.0), (601, 10.0)), False),
    ],
)
def test_a_plan_must_keep_every_limit(schedule: ChargingSchedule, expected: bool) -> None:
    assert is_within(schedule, PIECES) is expected


def limits(pieces: list[Piece], wish: Wish) -> list[tuple[int, float]]:
    made = offer(pieces, wish, start_at=NOW)
    assert made is not None
    return [(period.start_s, period.limit) for period in made.periods]


def test_an_offer_is_all_that_there_is() -> None:
    assert limits(PIECES, Wish("A", 32.0, 3, 10)) == [(0, 16.0), (600, 10.0), (1200, 32.0)]
    assert limits(PIECES, Wish("A", 8.0, 3, 10)) == [(0, 8.0)]
    assert limits(PIECES, Wish("A", 32.0, 3, 2)) == [(0, 16.0), (600, 10.0)]
    assert offer(PIECES, Wish("A", None, 3, 10), start_at=NOW) is None


@given(
    st.lists(st.tuples(st.integers(1, 86_000), st.integers(0, 630)), max_size=8),
    st.integers(1, 5),
)
def test_an_offer_is_within_what_it_was_made_of(steps: list[tuple[int, int]], tuples: int) -> None:
    pieces = [Piece(0, 20.0, 3)]
    pieces += [Piece(start, tenths / 10, 3) for start, tenths in sorted(dict(steps).items())]
    made = offer(pieces, Wish("A", 32.0, 3, tuples), start_at=NOW)
    assert made is not None
    assert len(made.periods) <= tuples
    assert is_within(made, pieces)


@pytest.mark.parametrize(
    ("mode", "allowed", "unit"),
    [("DC", (), "W"), ("AC_three_phase", (), "A"), ("DC", ("A",), "A"), ("DC", ("A", "W"), "W")],
)
def test_the_unit_is_what_car_and_station_share(
    mode: str, allowed: tuple[str, ...], unit: str
) -> None:
    assert unit_for(mode, allowed) == unit


@pytest.mark.parametrize(
    ("mode", "unit", "a", "w", "expected"),
    [
        ("AC_three_phase", "A", 32, None, 32),
        ("AC_three_phase", "W", 32, None, 22_080),
        ("AC_single_phase", "W", 16, None, 3680),
        ("DC", "W", 200, 50_000, 50_000),
        ("DC", "A", None, 46_000, None),
        ("DC", "W", None, None, None),
    ],
)
def test_the_most_of_a_car(
    mode: str, unit: str, a: float | None, w: float | None, expected: float | None
) -> None:
    assert most_for(mode, unit, most_a=a, most_w=w) == expected


def test_the_plan_reaches_to_the_departure_but_no_further_than_a_day() -> None:
    assert horizon_s(NOW, None) == 86_400
    assert horizon_s(NOW, NOW + timedelta(hours=5)) == 18_000
    assert horizon_s(NOW, NOW - timedelta(hours=5)) == 3600
    assert horizon_s(NOW, NOW + timedelta(days=9)) == 86_400


def test_the_lowest_limit_of_a_span() -> None:
    assert lowest_between(PIECES, 0, 600) == 16.0
    assert lowest_between(PIECES, 0, 601) == 10.0
    assert lowest_between(PIECES, 1200, 9000) is None
