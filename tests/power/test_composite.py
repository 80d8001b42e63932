"""The composite schedule: the worked examples of the specification's rules, and its laws."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.profiles import (
    EXTERNAL,
    MAX,
    TX,
    TX_DEFAULT,
    ChargingProfile,
    ChargingSchedule,
    Period,
)
from apps.power.composite import Held, Piece, Question, Running, composite, value_at

MIDNIGHT = datetime(2030, 1, 1, tzinfo=UTC)
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)
SUNDAY = datetime(2030, 1, 6, tzinfo=UTC)
NO_LIMIT = 999_999.0


def profile(purpose: str, *periods: tuple[float, ...], **more: Any) -> ChargingProfile:
    """``periods``: start, limit and perhaps phases. Absolute from midnight unless told."""
    kind = more.pop("kind", "Absolute")
    start_at = None if kind == "Relative" else more.pop("start_at", MIDNIGHT)
    schedule = ChargingSchedule(
        more.pop("unit", "W"),
        tuple(Period(int(p[0]), p[1], *(int(n) for n in p[2:])) for p in periods),
        start_at,
        more.pop("duration_s", None),
    )
    return ChargingProfile(more.pop("stack", 0), purpose, kind, (schedule,), **more)


def at(clock: str, day: datetime = MIDNIGHT) -> datetime:
    hours, minutes = clock.split(":")
    return day + timedelta(hours=int(hours), minutes=int(minutes))


def asked(held: list[Held], start_at: datetime, duration_s: int, **more: Any) -> list[Any]:
    question = Question(more.pop("evse_id", 1), start_at, duration_s, **more)
    return [(piece.start_s, piece.limit) for piece in composite(held, question)]


NIGHT = [
    Held(0, profile(TX_DEFAULT, (0, 11_000), (28_800, 6000), (72_000, 11_000), kind="Recurring",
                    recurrency="Daily")),
    Held(0, profile(MAX, (0, 8000))),
]  # fmt: skip


def stacked(evening_s: int) -> list[Held]:
    weekly = {"kind": "Recurring", "recurrency": "Weekly", "start_at": SUNDAY}
    daily = {"kind": "Recurring", "recurrency": "Daily", "start_at": at("17:00")}
    return [
        Held(1, profile(TX_DEFAULT, (0, 2000), stack=1, duration_s=evening_s, **daily)),
        Held(1, profile(TX_DEFAULT, (0, NO_LIMIT), stack=2, duration_s=86_400, **weekly)),
        Held(0, profile(MAX, (0, 22_000))),
    ]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:00", [(0, 8000), (3600, 6000)]), ("19:00", [(0, 6000), (3600, 8000)])],
)
def test_e1_the_night_is_cheap(clock: str, expected: list[Any]) -> None:
    assert asked(NIGHT, at(clock), 7200) == expected


@pytest.mark.parametrize(
    ("evening_s", "day", "expected"),
    [
        (10_800, MONDAY, [(0, 22_000), (1800, 2000), (12_600, 22_000)]),
        (10_800, SUNDAY + timedelta(days=7), [(0, 22_000)]),
        (1080, MONDAY, [(0, 22_000), (1800, 2000), (2880, 22_000)]),
    ],
)
def test_e2_a_week_over_a_day(evening_s: int, day: datetime, expected: list[Any]) -> None:
    assert asked(stacked(evening_s), at("16:30", day), 14_400) == expected


def test_e3_a_relative_profile_counts_from_the_energy_offer() -> None:
    held = [
        Held(1, profile(TX, (0, 10), (600, 16), kind="Relative", unit="A", duration_s=1800,
                        transaction_id="T")),
        Held(0, profile(TX_DEFAULT, (0, 6), unit="A")),
        Held(0, profile(MAX, (0, 32), unit="A")),
    ]  # fmt: skip
    now = at("12:00")
    running = {1: Running("T", now - timedelta(seconds=300))}
    expected = [(0, 10), (300, 16), (1500, 6)]
    assert asked(held, now, 3600, unit="A", running=running) == expected


@pytest.mark.parametrize(("unit", "expected"), [("A", 15.9), ("W", 3680)])
def test_e4_each_candidate_is_converted_with_its_own_phases(unit: str, expected: float) -> None:
    held = [
        Held(1, profile(TX, (0, 16, 1), unit="A", transaction_id="T")),
        Held(0, profile(MAX, (0, 11_000, 3))),
    ]
    question = Question(1, at("12:00"), 60, unit, running={1: Running("T")})
    assert composite(held, question) == [Piece(0, expected, 1)]


def test_e5_the_higher_level_counts_while_it_is_valid() -> None:
    window = {"valid_from": at("12:10"), "valid_to": at("12:20")}
    held = [
        Held(1, profile(TX_DEFAULT, (0, 25), stack=5, unit="A", **window)),
        Held(1, profile(TX_DEFAULT, (0, 10), unit="A")),
        Held(0, profile(MAX, (0, 20), unit="A")),
    ]
    expected = [(0, 10), (600, 20), (1200, 10)]
    assert asked(held, at("12:00"), 1800, unit="A") == expected


def test_e6_a_period_at_the_end_never_applies() -> None:
    held = [
        Held(1, profile(TX_DEFAULT, (0, 8), (3600, 32), stack=3, unit="A", duration_s=3600)),
        Held(0, profile(MAX, (0, 32), unit="A")),
    ]
    assert asked(held, MIDNIGHT, 5400, unit="A") == [(0, 8), (3600, 32)]
    assert asked(held[:1], MIDNIGHT, 5400, unit="A") == [(0, 8), (3600, None)]


def test_e7_the_session_replaces_the_default_and_others_limit_it() -> None:
    start_at = at("12:15")
    held = [
        Held(1, profile(TX, (0, 7000), transaction_id="T")),
        Held(1, profile(TX_DEFAULT, (0, 3000), stack=2)),
        Held(0, profile(MAX, (0, 11_000))),
        Held(0, profile(EXTERNAL, (0, 4140), start_at=start_at, duration_s=900)),
    ]
    running = {1: Running("T")}
    expected = [(0, 7000), (900, 4140), (1800, 7000)]
    assert asked(held, at("12:00"), 2700, running=running) == expected
    assert asked(held, at("12:00"), 60) == [(0, 3000)]


@pytest.mark.parametrize(("most_w", "expected"), [(15_000, 15_000), (30_000, 22_000)])
def test_e8_the_station_is_the_sum_within_its_maximum(most_w: float, expected: float) -> None:
    held = [
        Held(1, profile(TX_DEFAULT, (0, 11_000))),
        Held(2, profile(TX_DEFAULT, (0, 11_000))),
        Held(0, profile(MAX, (0, most_w))),
    ]
    assert asked(held, at("12:00"), 60, evse_id=0, evses=(1, 2)) == [(0, expected)]


def test_an_evse_without_limit_leaves_only_the_maximum_of_the_station() -> None:
    held = [Held(1, profile(TX_DEFAULT, (0, 11_000))), Held(0, profile(MAX, (0, 50_000)))]
    both = {"evse_id": 0, "evses": (1, 2)}
    assert asked(held, MIDNIGHT, 60, **both) == [(0, 50_000)]  # 11 + 50 of EVSE 2, at most 50
    assert asked(held[:1], MIDNIGHT, 60, **both) == [(0, None)]


def test_the_default_of_the_evse_overrides_that_of_the_station() -> None:
    held = [Held(0, profile(TX_DEFAULT, (0, 6), unit="A", stack=9)),
            Held(1, profile(TX_DEFAULT, (0, 10), unit="A"))]  # fmt: skip
    assert asked(held, MIDNIGHT, 60, unit="A") == [(0, 10)]
    assert asked(held, MIDNIGHT, 60, unit="A", evse_id=2) == [(0, 6)]


def test_in_1_6_a_later_profile_of_the_same_level_replaces_the_earlier() -> None:
    held = [Held(1, profile(TX_DEFAULT, (0, 6), unit="A")),
            Held(1, profile(TX_DEFAULT, (0, 20), unit="A", id=2))]  # fmt: skip
    assert asked(held, MIDNIGHT, 60, unit="A", is_replacing=True) == [(0, 20)]
    assert asked(held, MIDNIGHT, 60, unit="A") == [(0, 6)]


def test_a_profile_of_another_transaction_does_not_count() -> None:
    held = [Held(1, profile(TX, (0, 7000), transaction_id="OTHER"))]
    assert asked(held, MIDNIGHT, 60, running={1: Running("T")}) == [(0, None)]


periods = st.lists(
    st.tuples(st.integers(1, 7200), st.integers(0, 320).map(lambda n: n / 10)), max_size=4
).map(lambda ps: ((0, 16.0), *sorted(dict(ps).items())))


@st.composite
def held_profiles(draw: st.DrawFn) -> Held:
    purpose = draw(st.sampled_from([MAX, TX_DEFAULT, TX, EXTERNAL]))
    of_session = ["Relative"] if purpose in (TX, TX_DEFAULT) else []
    kind = draw(st.sampled_from(["Absolute", "Recurring", *of_session]))
    more: dict[str, Any] = {"recurrency": "Daily"} if kind == "Recurring" else {}
    if kind != "Relative":
        more["start_at"] = MIDNIGHT + timedelta(minutes=draw(st.integers(-2000, 200)))
    made = profile(
        purpose, *draw(periods), kind=kind, unit="A", stack=draw(st.integers(0, 3)),
        duration_s=draw(st.none() | st.integers(60, 9000)),
        valid_to=draw(st.none() | st.just(MIDNIGHT + timedelta(seconds=2500))), **more,
    )  # fmt: skip
    return Held(0 if purpose == MAX else 1, made)


RUNNING = {1: Running("T", MIDNIGHT - timedelta(seconds=100))}
QUESTION = Question(1, MIDNIGHT, 7200, "A", running=RUNNING)


@given(st.lists(held_profiles(), max_size=5), st.integers(0, 7199))
def test_the_pieces_are_what_each_second_says(held: list[Held], second: int) -> None:
    """A second-by-second reading: highest level of each purpose, then the least."""
    now, began_at = MIDNIGHT + timedelta(seconds=second), RUNNING[1].offered_at

    def leading(purpose: str) -> list[float]:
        values = [
            (h.profile.stack_level, value[0].limit)
            for h in held
            if h.profile.purpose == purpose
            and (value := value_at(h.profile, now, began_at)) is not None
        ]
        top = max((level for level, _ in values), default=0)
        return [min(limit for level, limit in values if level == top)] if values else []

    candidates = leading(MAX) + leading(EXTERNAL) + (leading(TX) or leading(TX_DEFAULT))
    pieces = composite(held, QUESTION)
    assert [p.limit for p in pieces if p.start_s <= second][-1] == min(candidates, default=None)


@given(st.lists(held_profiles(), max_size=5))
def test_pieces_cover_the_window_once_and_differ_from_their_neighbours(held: list[Held]) -> None:
    pieces = composite(held, QUESTION)
    starts = [piece.start_s for piece in pieces]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] < QUESTION.duration_s
    told = [(piece.limit, piece.phases) for piece in pieces]
    assert all(one != other for one, other in pairwise(told))


@given(st.lists(held_profiles(), max_size=4), held_profiles())
def test_another_maximum_never_raises_the_limit(held: list[Held], more: Held) -> None:
    without = composite(held, QUESTION)
    limit = Held(0, profile(EXTERNAL, (0, 5.0), unit="A", stack=9, start_at=MIDNIGHT))
    for piece in composite([*held, limit], QUESTION):
        assert piece.limit is not None
        assert piece.limit <= 5.0
    assert without == composite(held, QUESTION)
