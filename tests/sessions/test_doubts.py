"""What is said of a reading that is not believed."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.doubts import MOST, REGISTER, doubts_of
from apps.sessions.measuring import total
from apps.sessions.sequence import Span, arrange
from tests.sessions.strategies import at, meters

Readings = list[tuple[float, float]]  # second, Wh


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ([(0, 0), (15, 150_100)], ["150.1 kWh in 15 s cannot be: check the unit."]),
        ([(0, 0), (60, 7_930_000), (3_600, 7_933_000)], ["The meter had not been read yet."]),
        ([(0, 1_000), (60, 1_200), (120, 1), (180, 1_300)], ["It is below the 1.2 kWh before it."]),
        ([(0, 2**31 - 1), (60, 300), (120, 500)], ["It is above the 0.3 kWh that followed."]),
        (
            [(0, 1_000), (900, 3_000), (1_800, 9_003_000), (2_700, 9_005_000)],
            ["9 000 kWh in 15 min cannot be: check the unit."],
        ),
        ([(0, 1_000), (900, 3_000)], []),
        (
            [(0, 1_000), (900, 3_000), (960, 0), (1_800, 2_000)],
            ["It is below the 3 kWh before it. It began again: both of its parts count."],
        ),
        ([], []),
    ],
)
def test_what_is_set_aside_says_why(readings: Readings, said: list[str]) -> None:
    samples = [Sample(at(second), register_wh=wh) for second, wh in readings]
    found = doubts_of(samples, Span(at(0)))
    assert [doubt.why.replace("\u202f", " ") for doubt in found] == said
    assert total(samples, Span(at(0))).is_doubted is bool(said)


@st.composite
def ended(draw: st.DrawFn) -> tuple[list[Sample], Span]:
    """Sessions that are over, of meters that may do anything."""
    told = draw(meters(least=2, most=14))
    begin = replace(told[0], context=SampleContext.BEGIN.value) if draw(st.booleans()) else told[0]
    end = replace(told[-1], context=SampleContext.END.value) if draw(st.booleans()) else told[-1]
    limit_w = draw(st.sampled_from((None, 1_400.0, 3_700.0, 22_000.0, 150_000.0)))
    return [begin, *told[1:-1], end], Span(told[0].at, told[-1].at, limit_w)


@given(ended())
def test_what_is_said_not_to_count_is_not_billed_and_what_is_not_billed_is_said(
    session: tuple[list[Sample], Span],
) -> None:
    samples, span = session
    totals, doubts = total(samples, span), doubts_of(samples, span)
    assume(not any("check the unit" in doubt.why for doubt in doubts if doubt.counts))  # as told
    shown = [(s.at, s.register_wh) for s in arrange(samples, span) if s.register_wh is not None]
    aside = {(d.at, d.value) for d in doubts if d.what == REGISTER and not d.counts}
    counting = [wh for at_, wh in shown if (at_, wh) not in aside]
    start_wh, stop_wh = totals.billed().shown
    assert totals.is_doubted or not doubts
    if start_wh is not None:
        assert start_wh in counting
        assert stop_wh in counting
        assert len(doubts) == MOST or (counting[0], counting[-1]) == (start_wh, stop_wh)
    elif shown and totals.register_at is None and totals.is_doubted:
        assert shown[-1] in aside


@pytest.mark.parametrize(("step_wh", "limit_w"), [(900.0, 3_700.0), (5_400.0, 22_000.0)])
def test_what_counts_beyond_what_the_connector_delivers_is_not_said_to_be_set_aside(
    step_wh: float, limit_w: float
) -> None:
    """Each step of it is too large, or only all of them together."""
    samples = [Sample(at(600 * n), register_wh=100_000 + step_wh * n) for n in range(12)]
    samples[-1] = replace(samples[-1], context=SampleContext.END.value)
    span = Span(at(0), samples[-1].at, limit_w)
    doubts = doubts_of(samples, span)
    assert doubts[-1].value == total(samples, span).shown[1] == samples[-1].register_wh
    for doubt in doubts:
        assert doubt.counts
        assert f"more than the connector is said to deliver ({limit_w / 1000:g} kW)" in doubt.why
