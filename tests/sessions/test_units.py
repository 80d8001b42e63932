"""Readings that were told in another unit than the begin and the end of their session."""

from dataclasses import replace

import pytest

from apps.domain.events import Sample
from apps.sessions.doubts import doubts_of
from apps.sessions.measuring import Measured, measure
from apps.sessions.sequence import Span
from tests.sessions.strategies import at
from tests.sessions.test_witness import BEGIN, END

KWH_CALLED_WH, WH_CALLED_KWH = 0.001, 1_000.0
SPARSE = [0, 6, 12, 15]  # seconds


def told(registers: list[float], unit: float, instants: list[int] = SPARSE) -> list[Sample]:
    """Begin and end in Wh, and what is between them in another ``unit``."""
    pairs = zip(instants, registers, strict=True)
    samples = [Sample(at(second), register_wh=wh * unit) for second, wh in pairs]
    first, last = (replace(samples[n], register_wh=registers[n]) for n in (0, -1))
    return [replace(first, context=BEGIN), *samples[1:-1], replace(last, context=END)]


def of(samples: list[Sample]) -> Measured:
    return measure(samples, Span(at(0), at(SPARSE[-1])))


def words(samples: list[Sample]) -> list[str]:
    return [doubt.why for doubt in doubts_of(samples, Span(at(0), at(SPARSE[-1]))) if doubt.counts]


@pytest.mark.parametrize("begin_wh", [40.0, 796.0, 6_000_796.0])
@pytest.mark.parametrize("unit", [KWH_CALLED_WH, WH_CALLED_KWH])
def test_readings_in_another_unit_are_read_in_that_of_begin_and_end(
    unit: float, begin_wh: float
) -> None:
    registers = [begin_wh + gained for gained in (0.0, 12.0, 25.0, 31.0)]
    found = of(told(registers, unit)).totals
    assert found.energy_wh == 31
    assert found.is_doubted


@pytest.mark.parametrize("unit", [KWH_CALLED_WH, WH_CALLED_KWH])
def test_its_energy_grows_as_it_was_read(unit: float) -> None:
    samples = told([796.0, 808.0, 821.0, 827.0], unit)
    assert [wh for _, wh in of(samples).points] == [0, 12, 25, 31]
    assert words(samples) == [
        "It is not between begin and end; 0.8 kWh is, as which it counts: check the unit."
    ]


@pytest.mark.parametrize("unit", [KWH_CALLED_WH, WH_CALLED_KWH])
def test_it_shows_as_well_where_no_end_was_told(unit: float) -> None:
    samples = told([796.0, 808.0, 821.0, 827.0], unit)[:-1]
    assert of(samples).totals.energy_wh == 25
    assert "It is not near the begin; 0.8 kWh is" in words(samples)[0]


def test_begin_and_end_are_read_as_those_between_where_no_car_takes_as_little() -> None:
    hours = [0, 1_800, 3_600, 6_900]
    samples = told([100.0, 102.5, 105.0, 110.0], 1_000.0, hours)
    span = Span(at(0), at(hours[-1]))
    totals = measure(samples, span).totals
    assert (totals.energy_wh, totals.shown, totals.is_doubted) == (10_000, (100_000, 110_000), True)
    (doubt,) = doubts_of(samples, span)
    idle = [replace(sample, power_w=0.0) for sample in samples]
    assert measure(idle, span).totals.energy_wh == 10, "by its power nothing flowed"
    assert doubt.why == "Those between show 110 kWh, as which it counts: check the unit."


@pytest.mark.parametrize(
    "registers",
    [
        [796.0, 0.0, 0.0, 827.0],  # not read
        [796.0, 1.0, 2.0, 3.0],  # began again
        [796.0, 808.0, 0.821, 827.0],  # one of two
        [796.0, 0.9, 0.95, 827.0],  # in no unit
        [0.0, 796.0, 808.0, 827.0],
        [0.0, 6_400_335.0, 6_400_692.0, 6_400_700.0],  # begun before it was read
        [5.0, 6_400_335.0, 6_400_692.0, 6_400_700.0],
    ],
)
def test_other_readings_are_not_read_in_another(registers: list[float]) -> None:
    assert not [word for word in words(told(registers, 1.0)) if "check the unit" in word]


@pytest.mark.parametrize("begin_wh", [0.0, 5.0])
def test_a_begin_before_the_meter_was_read_shows_no_unit_where_no_end_was_told(
    begin_wh: float,
) -> None:
    samples = told([begin_wh, 6_400_335.0, 6_400_692.0, 0.0], 1.0)[:-1]
    assert of(samples).totals.energy_wh < 400
