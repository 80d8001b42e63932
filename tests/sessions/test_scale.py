"""A register whose readings agree, beside a power that is off by one factor all along."""

from dataclasses import replace

import pytest

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.doubts import doubts_of
from apps.sessions.measuring import total
from apps.sessions.sequence import Span
from tests.sessions.strategies import at
from tests.sessions.test_witness import START_WH, gained, meter, of, said, shifted

LIMITS = pytest.mark.parametrize("limit_w", [None, 22_000.0, 350_000.0])
SHARES = pytest.mark.parametrize("share", [1 / 3.3, 1 / 5, 1 / 10, 1 / 1_000, 0.0])


def scaled(samples: list[Sample], share: float) -> list[Sample]:
    return [replace(sample, power_w=(sample.power_w or 0.0) * share) for sample in samples]


@LIMITS
@SHARES
@pytest.mark.parametrize(("every_s", "count"), [(5, 60), (60, 15), (600, 11)])
def test_readings_that_agree_are_billed_whatever_the_scale_of_the_power(
    every_s: int, count: int, share: float, limit_w: float | None
) -> None:
    told = meter(every_s=every_s, count=count)
    odd = scaled(told, share)
    totals = of(odd, limit_w)
    assert totals.energy_wh == pytest.approx(gained(told))
    assert totals.shown == (told[0].register_wh, told[-1].register_wh)
    assert totals.is_doubted
    (doubt,) = doubts_of(odd, Span(at(0), odd[-1].at, limit_w))
    assert doubt.counts
    assert ("times what the power told" if share else "the power told was none") in doubt.why


@LIMITS
@pytest.mark.parametrize("times", [3, 9, 12, 40, 90])
def test_a_power_that_is_told_many_times_too_high_is_not_billed(
    times: float, limit_w: float | None
) -> None:
    told = meter(every_s=600, count=11)
    odd = scaled(told, times)
    totals = of(odd, limit_w)
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(gained(told)), True)
    assert totals.shown == (told[0].register_wh, told[-1].register_wh)
    (doubt,) = doubts_of(odd, Span(at(0), odd[-1].at, limit_w))
    assert doubt.counts


def test_a_register_at_a_pace_at_which_no_car_charges_gives_way_to_the_power() -> None:
    told = meter(every_s=600, count=11)
    odd = [replace(s, register_wh=START_WH + 70.0 * n) for n, s in enumerate(told)]
    assert of(odd, 22_000.0).energy_wh == pytest.approx(gained(told))
    assert "and the power that was told gives" in said(odd)


@LIMITS
@pytest.mark.parametrize("share", [1 / 3.3, 1 / 5, 1 / 10])
def test_a_car_that_waits_first_is_billed_whole_too(share: float, limit_w: float | None) -> None:
    flows = meter(9_900.0, every_s=600, count=6)
    waits = [replace(flows[0], at=at(-600 * n), power_w=0.0) for n in range(5, -1, -1)]
    waits = [waits[0], *(replace(s, context="Sample.Periodic") for s in waits[1:])]
    told = [replace(s, at=s.at - at(-3_000) + at(0)) for s in [*waits, *flows[1:]]]
    totals = of(scaled(told, share), limit_w)
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(gained(told)), True)


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("off_wh", [5_000.0, 60_000.0])
def test_an_odd_reading_is_held_against_the_power_at_its_true_scale(
    off_wh: float, number: int
) -> None:
    told = meter(every_s=600, count=11)
    odd = shifted(scaled(told, 1 / 5), number, -off_wh if number == 0 else off_wh)
    totals = of(odd, 22_000.0)
    assert totals.energy_wh == pytest.approx(gained(told) - gained(told[:2]))
    assert totals.is_doubted


def test_more_than_the_connector_delivers_is_no_scale_of_the_power() -> None:
    told = meter(60_000.0, every_s=600, count=11)
    odd = scaled(told, 1 / 10)
    assert of(odd, 22_000.0).energy_wh <= 22_000 * 1.25 * 6_600 / 3_600 + 1_000
    assert "power was never above 6.0 kW" in said(odd)


@pytest.mark.parametrize("share", [0.5, 1.0, 1.6])
def test_losses_and_rounding_are_no_other_scale(share: float) -> None:
    told = meter(every_s=600, count=11)
    totals = of(scaled(told, share), 22_000.0)
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(gained(told)), False)


def test_two_rises_say_nothing_of_a_scale() -> None:
    told = scaled(meter(every_s=600, count=2), 1 / 3)
    assert (of(told).energy_wh, of(told).is_doubted) == (pytest.approx(gained(told)), False)


def test_power_that_was_told_only_when_nothing_flowed_contradicts_nothing() -> None:
    """It began to flow after the last power, and had ceased before the first."""
    told = meter(every_s=600, count=11)
    still = [replace(told[0], at=at(-600 * n), power_w=0.0) for n in range(4, 0, -1)]
    still = [still[0], *(replace(s, context="Sample.Periodic") for s in still[1:])]
    flows = [replace(s, context="Sample.Periodic", power_w=None) for s in told[:-1]]
    end = replace(told[-1], context=SampleContext.END.value, power_w=0.0)
    totals = total([*still, *flows, end], Span(at(-2_400), end.at, 22_000.0))
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(gained(told)), False)
