"""Charging periods: they make up the session, in whatever order its story arrives."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.events import Sample
from apps.domain.periods import ChargingPeriod
from apps.domain.vocabulary import ChargingState
from apps.sessions import measuring, sequence
from apps.sessions.periods import StateTold, periods_of, whole
from apps.sessions.sequence import Span
from apps.tariffs.pricing import Rates, price
from tests.sessions.strategies import at, meters

CHARGING, SUSPENDED = ChargingState.CHARGING, ChargingState.SUSPENDED_EV
Told = tuple[float, float, float, bool]  # from and to in seconds, Wh, whether it charged


def states(*told: tuple[float, ChargingState]) -> list[StateTold]:
    return [(at(second), state) for second, state in told]


def registers(*readings: tuple[float, float]) -> list[Sample]:
    return [Sample(at(second), register_wh=wh) for second, wh in readings]


def made(
    samples: Iterable[Sample], stories: Iterable[StateTold], second: float
) -> tuple[ChargingPeriod, ...]:
    """The periods of a session that began at 0; samples of one instant are merged first."""
    merged: dict[Any, Sample] = {}
    for s in samples:
        key = s.at, s.context
        merged[key] = sequence.merge_samples(merged[key], s) if key in merged else s
    points = measuring.measure(merged.values(), Span(at(0), at(second))).points
    return periods_of(points, stories, at(0), at(second))


def told(periods: Sequence[ChargingPeriod]) -> list[Told]:
    return [
        ((p.began_at - at(0)).total_seconds(), (p.ended_at - at(0)).total_seconds(),
         float(p.energy_wh), p.is_charging)
        for p in periods
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("samples", "stated", "periods"),
    [
        ([], (), [(0, 600, 0, False)]),
        ([], states((0, CHARGING)), [(0, 600, 0, True)]),
        (registers((0, 100), (600, 1_100)), (), [(0, 600, 1_000, True)]),
        (registers((0, 0), (300, 500), (600, 1_000)), (), [(0, 600, 1_000, True)]),
        # it stands full: 5 Wh in five minutes are 60 W
        (registers((0, 0), (300, 500), (600, 505)), (),
         [(0, 300, 500, True), (300, 600, 5, False)]),
        # energy flowed while it charged, whatever the instants of the readings
        (registers((0, 0), (600, 900)), states((0, CHARGING), (450, SUSPENDED)),
         [(0, 450, 900, True), (450, 600, 0, False)]),
        (registers((0, 0), (600, 900)), states((0, SUSPENDED), (300, CHARGING), (450, SUSPENDED)),
         [(0, 300, 0, False), (300, 450, 900, True), (450, 600, 0, False)]),
        (registers((0, 0), (600, 900)), states((200, ChargingState.EV_CONNECTED)),
         [(0, 200, 900, True), (200, 600, 0, False)]),
        # the meter is right about energy, the station about what it did
        (registers((0, 0), (600, 900)), states((0, SUSPENDED)), [(0, 600, 900, False)]),
        # of an instant charging counts; what was before the begin still holds
        (registers((0, 0), (600, 900)), states((-5, SUSPENDED), (-5, CHARGING)),
         [(0, 600, 900, True)]),
        # measured a little outside of the session
        (registers((-60, 0), (-30, 40), (300, 500), (604, 1_000)), (), [(0, 600, 1_000, True)]),
        # a register that began again, and power alone
        (registers((0, 500), (300, 900), (310, 0), (600, 300)), (),
         [(0, 300, 400, True), (300, 310, 0, False), (310, 600, 300, True)]),
        ([Sample(at(s), power_w=w) for s, w in ((0, 6_000), (300, 6_000), (360, 0), (600, 0))], (),
         [(0, 360, 550, True), (360, 600, 0, False)]),
    ],
)  # fmt: skip
def test_periods(samples: list[Sample], stated: Any, periods: list[Told]) -> None:
    assert told(made(samples, stated, 600)) == periods


def test_a_session_that_took_no_time_is_one_period() -> None:
    measured = registers((-10, 0), (0, 500))
    assert told(made(measured, (), 0)) == [(0, 0, 500, True)]
    assert told(periods_of([(at(0), 500)], (), at(0), at(-100))) == [(0, 0, 500, True)]
    assert told(whole(500, at(0), at(-100))) == [(0, 0, 500, True)]


def stated() -> st.SearchStrategy[list[StateTold]]:
    second = st.integers(-600, 12_000)
    return st.lists(st.tuples(second.map(at), st.sampled_from(ChargingState)), max_size=6)


@given(st.data())
def test_any_order_and_any_repetition_make_the_same_periods(data: st.DataObject) -> None:
    samples, stories = data.draw(meters()), data.draw(stated())
    second = data.draw(st.integers(0, 10_000))
    arrived = data.draw(st.permutations([*samples, *samples[::2]]))
    heard = data.draw(st.permutations([*stories, *stories[::2]]))
    assert made(arrived, heard, second) == made(samples, stories, second)


@given(meters(), stated(), st.integers(0, 10_000))
def test_periods_make_up_the_session(
    samples: list[Sample], stories: list[StateTold], second: int
) -> None:
    periods = made(samples, stories, second)
    assert (periods[0].began_at, periods[-1].ended_at) == (at(0), at(second))
    for before, after in pairwise(periods):
        assert before.ended_at == after.began_at
        assert before.is_charging is not after.is_charging
    assert all(p.energy_wh >= 0 and p.duration for p in periods[1:])
    merged: dict[Any, Sample] = {}
    for s in samples:
        key = s.at, s.context
        merged[key] = sequence.merge_samples(merged[key], s) if key in merged else s
    total = measuring.total(merged.values(), Span(at(0), at(second))).energy_wh
    assert sum(p.energy_wh for p in periods) == round(Decimal(str(total)), 3)


@given(
    meters(), stated(), st.floats(0, 10_000), st.decimals(0, 100, places=4),
    st.decimals(0, 100, places=4), st.sampled_from(("EUR", "JPY", "BHD")),
)  # fmt: skip
def test_the_price_of_a_session_does_not_hang_on_how_it_is_cut(
    samples: list[Sample], stories: list[StateTold], second: float, kwh: Decimal, hour: Decimal,
    currency: str,
) -> None:  # fmt: skip
    some = Rates(currency, kwh, hour, Decimal("0.5"), Decimal(19))
    periods = made(samples, stories, second)
    energy_wh = float(sum(p.energy_wh for p in periods))
    assert price(some, periods) == price(some, whole(energy_wh, at(0), at(second)))
