"""What else a meter told bears its register out, or speaks against it, once a session is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.sessions.doubts import doubts_of
from apps.sessions.energy import Totals
from apps.sessions.measuring import total
from apps.sessions.sequence import Span
from tests.sessions.strategies import at

BEGIN, END = SampleContext.BEGIN.value, SampleContext.END.value
START_WH = 123_456.0


def meter(
    power_w: float = 11_000.0, *, every_s: int = 60, count: int = 15, start_wh: float = START_WH
) -> list[Sample]:
    """The truth: a steady power, told with each reading."""
    told = [
        Sample(
            at(n * every_s), register_wh=start_wh + power_w * n * every_s / 3600, power_w=power_w
        )
        for n in range(count + 1)
    ]
    return [replace(told[0], context=BEGIN), *told[1:-1], replace(told[-1], context=END)]


def shifted(samples: list[Sample], number: int, by_wh: float) -> list[Sample]:
    odd = samples[number]
    odd = replace(odd, register_wh=(odd.register_wh or 0.0) + by_wh)
    return [*samples[:number], odd, *samples[number:][1:]]


def silent(samples: list[Sample]) -> list[Sample]:
    """Without power."""
    return [replace(sample, power_w=None) for sample in samples]


def of(samples: list[Sample], limit_w: float | None = None) -> Totals:
    return total(samples, Span(at(0), samples[-1].at, limit_w))


def said(samples: list[Sample]) -> str:
    doubts = doubts_of(samples, Span(at(0), samples[-1].at))
    return " ".join(doubt.why for doubt in doubts).replace("\u202f", " ")


def gained(samples: list[Sample]) -> float:
    return (samples[-1].register_wh or 0.0) - (samples[0].register_wh or 0.0)


@pytest.mark.parametrize("every_s", [6, 60, 900])
@pytest.mark.parametrize("power_w", [1_400.0, 11_000.0, 150_000.0])
def test_what_the_power_bears_out_is_not_doubted(power_w: float, every_s: int) -> None:
    told = meter(power_w, every_s=every_s)
    assert (of(told).energy_wh, of(told).is_doubted) == (pytest.approx(gained(told)), False)
    assert not said(told)


@pytest.mark.parametrize("off_wh", [1_500.0, 10_000.0, 50_000.0, 100_000.0])
@pytest.mark.parametrize("number", [0, -1])
def test_a_begin_or_an_end_that_the_power_refutes_is_not_billed(number: int, off_wh: float) -> None:
    told = meter()
    odd = shifted(told, number, -off_wh if number == 0 else off_wh)
    totals = of(odd)
    assert gained(told) - gained(told[:2]) == pytest.approx(totals.energy_wh)
    assert totals.is_doubted
    assert "cannot be" in said(odd)


def test_a_leap_that_stays_is_not_billed() -> None:
    told = meter()
    leapt = [*told[:7], *(replace(s, register_wh=(s.register_wh or 0) + 9_000) for s in told[7:])]
    assert of(leapt).energy_wh == pytest.approx(gained(told) - gained(told[:2]))
    assert of(leapt).is_doubted


@pytest.mark.parametrize("lifetime_wh", [150.0, 430.0, 5_000.0, 60_000.0])
def test_a_zero_of_a_young_meter_that_was_not_read_is_not_billed(lifetime_wh: float) -> None:
    told = meter(every_s=6, count=9, start_wh=lifetime_wh)
    odd = shifted(told, 0, -lifetime_wh)
    assert of(odd).energy_wh == pytest.approx(gained(told) - gained(told[:2]))
    assert of(odd).is_doubted
    assert "had not been read yet" in said(odd)


@pytest.mark.parametrize("every_s", [6, 60, 900])
def test_a_register_that_begins_at_zero_is_billed_whole(every_s: int) -> None:
    told = meter(every_s=every_s, start_wh=0.0)
    assert (of(told).energy_wh, of(told).is_doubted) == (pytest.approx(gained(told)), False)


@pytest.mark.parametrize(("unit", "named"), [(0.001, "Wh"), (1_000.0, "kWh")])
@pytest.mark.parametrize("count", [3, 15])
def test_a_register_in_another_unit_is_read_in_its_own(count: int, unit: float, named: str) -> None:
    told = meter(every_s=6, count=count)
    odd = [replace(s, register_wh=(s.register_wh or 0.0) * unit) for s in told]
    totals = of(odd)
    assert totals.energy_wh == pytest.approx(gained(told), abs=0.01)
    assert totals.shown == (pytest.approx(START_WH), pytest.approx(told[-1].register_wh))
    assert totals.is_doubted
    (doubt,) = doubts_of(odd, Span(at(0), odd[-1].at))
    assert doubt.counts
    assert "which counts: check the unit" in doubt.why
    assert f" {named}, and by the power " in doubt.why


@pytest.mark.parametrize("since", [0, 4])
def test_a_unit_shows_as_well_where_readings_are_dated_by_our_clock(since: int) -> None:
    told = meter()
    odd = [
        replace(s, register_wh=(s.register_wh or 0.0) / 1_000, is_trusted=n < since)
        for n, s in enumerate(told)
    ]
    assert of(odd).energy_wh == pytest.approx(gained(told), abs=0.01)
    assert of(odd).is_doubted


@pytest.mark.parametrize("count", [3, 15])
def test_a_register_that_falls_far_short_of_few_powers_is_doubted(count: int) -> None:
    """In another unit, maybe; of two powers nobody could tell which."""
    told = meter(every_s=60, count=count)
    odd = [
        replace(s, register_wh=(s.register_wh or 0.0) / 1_000, power_w=s.power_w if n < 3 else None)
        for n, s in enumerate(told)
    ]
    odd[0] = replace(odd[0], power_w=None)
    totals = of(odd)
    assert totals.energy_wh == pytest.approx(11_000 / 60)
    assert totals.is_doubted
    assert "and the power that was told gives 0.2 kWh" in said(odd)


@pytest.mark.parametrize("count", [5, 15])
def test_the_power_of_one_phase_of_three_changes_nothing(count: int) -> None:
    told = meter(count=count)
    odd = [replace(s, power_w=(s.power_w or 0.0) / 3) for s in told]
    assert (of(odd).energy_wh, of(odd).is_doubted) == (pytest.approx(gained(told)), False)


def test_a_register_that_the_power_refutes_as_a_whole_gives_way_to_it() -> None:
    told = meter()
    odd = [replace(s, register_wh=START_WH + n * 2_000) for n, s in enumerate(told)]
    assert of(odd).energy_wh == pytest.approx(gained(told))
    assert of(odd).is_doubted
    assert "power was never above 11.0 kW" in said(odd)


@pytest.mark.parametrize("times", [0.3, 3.0])
def test_begin_and_end_count_where_power_bears_them_out_and_not_what_lies_between(
    times: float,
) -> None:
    told = meter()
    steps = [(s.register_wh or 0.0) - START_WH for s in told]
    odd = [replace(s, register_wh=START_WH + times * wh) for s, wh in zip(told, steps, strict=True)]
    odd[-1] = told[-1]
    assert of(odd).energy_wh == pytest.approx(gained(told))
    assert of(odd).is_doubted


@pytest.mark.parametrize("off_wh", [50_000.0, 100_000.0])
@pytest.mark.parametrize("number", [0, -1])
def test_without_power_the_pace_of_the_session_is_the_witness(number: int, off_wh: float) -> None:
    told = silent(meter(every_s=900, count=6))
    odd = shifted(told, number, -off_wh if number == 0 else off_wh)
    assert of(odd).energy_wh == pytest.approx(gained(told) - gained(told[:2]))
    assert of(odd).is_doubted


@pytest.mark.parametrize("until", [4, 8])
def test_a_register_that_stands_still_in_the_middle_counts_and_is_doubted(until: int) -> None:
    told = meter(5_000.0, every_s=600, count=until * 3)
    stuck = [replace(s, register_wh=told[min(n, until)].register_wh) for n, s in enumerate(told)]
    assert (of(stuck).energy_wh, of(stuck).is_doubted) == (gained(told[: until + 1]), True)
    assert "and the power told brought" in said(stuck)


@pytest.mark.parametrize(
    ("share", "is_doubted"),
    [(1.0, False), (0.85, False), (0.6, False), (1 / 3, True), (0.15, True)],
)
def test_a_register_that_rises_far_too_slowly_counts_and_is_doubted(
    share: float, is_doubted: bool
) -> None:
    """Losses of a converter are no doubt; one phase of three, told by the register alone, is."""
    told = meter(5_000.0, every_s=600, count=11)
    slow = [replace(s, register_wh=START_WH + share * 833.3 * n) for n, s in enumerate(told)]
    assert of(slow).energy_wh == pytest.approx(gained(slow))
    assert of(slow).is_doubted is is_doubted


def test_powers_that_are_few_or_far_apart_or_of_another_clock_say_nothing_of_a_register() -> None:
    told = meter(5_000.0, every_s=600, count=11)
    slow = [replace(s, register_wh=START_WH + 125.0 * n) for n, s in enumerate(told)]
    few = [replace(s, power_w=s.power_w if n in (3, 5) else None) for n, s in enumerate(slow)]
    apart = [replace(s, power_w=s.power_w if n % 5 == 0 else None) for n, s in enumerate(slow)]
    ours = [replace(s, is_trusted=False) for s in slow]
    assert [of(each).is_doubted for each in (slow, few, apart, ours)] == [True, False, False, False]


def test_a_car_that_pauses_between_powers_is_not_doubted() -> None:
    told = meter(5_000.0, every_s=600, count=12)
    halves = [replace(s, register_wh=START_WH + 833.3 * (n // 2)) for n, s in enumerate(told)]
    paused = [replace(s, power_w=5_000.0 * (n % 2)) for n, s in enumerate(halves)]
    assert not of(paused).is_doubted


def test_a_battery_that_fills_up_is_not_doubted() -> None:
    """A quarter of an hour at 150 kW, and then ever less."""
    paces = [150_000, 120_000, 60_000, 30_000, 15_000, 8_000, 4_000]
    wh, told = START_WH, [Sample(at(0), BEGIN, START_WH)]
    for number, pace_w in enumerate(paces, 1):
        wh += pace_w / 4
        told.append(Sample(at(900 * number), register_wh=wh))
    assert (of(told).energy_wh, of(told).is_doubted) == (wh - START_WH, False)


@given(
    st.integers(1, 30), st.sampled_from((3_600.0, 11_000.0, 22_000.0, 150_000.0)),
    st.booleans(), st.sampled_from((None, 22_000.0, 150_000.0)),
)  # fmt: skip
def test_a_meter_that_is_read_anew_only_now_and_then_is_not_doubted(
    stale: int, power_w: float, has_power: bool, limit_w: float | None
) -> None:
    """Its register stands still for up to five minutes, and then makes up for that."""
    told = meter(power_w, every_s=10, count=120)
    read = list(_stale(told, stale))
    limit_w = limit_w if limit_w is None or limit_w >= power_w else None
    assume(has_power or limit_w is not None or power_w <= 22_000)  # else nothing is known
    totals = of(read if has_power else silent(read), limit_w)
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(gained(told)), False)


def _stale(samples: list[Sample], every: int) -> Iterator[Sample]:
    for number, sample in enumerate(samples[:-1]):
        yield replace(sample, register_wh=samples[number // every * every].register_wh)
    yield samples[-1]


def test_powers_that_are_far_apart_say_nothing_of_what_flowed_between() -> None:
    """A clock that was set forth by an hour lets 51 s look like an hour of it."""
    samples = meter(7_400.0, every_s=6, count=8)
    later = [replace(s, at=s.at + timedelta(hours=1)) for s in samples[4:]]
    told = of([*samples[:4], *later])
    assert told.energy_wh == pytest.approx(gained(samples))


YOUNG = [(0.0, 0.0), *((25.0 * n, 900 + 40.0 * n) for n in range(1, 5)), (120.0, 1_100.0)]
SMALL = pytest.mark.parametrize("limit_w", [3_700.0, 11_000.0, 22_000.0])


def registers(readings: list[tuple[float, float]]) -> list[Sample]:
    """The first is that of the begin, the last that of the end."""
    told = [Sample(at(second), register_wh=wh) for second, wh in readings]
    return [replace(told[0], context=BEGIN), *told[1:-1], replace(told[-1], context=END)]


@pytest.mark.parametrize("limit_w", [None, 11_000.0, 22_000.0, 50_000.0])
def test_a_zero_that_was_not_read_is_found_at_a_charger_that_has_hardly_counted(
    limit_w: float | None,
) -> None:
    """It has delivered less than a kWh before: the slack of a meter of whole kWh is not for it."""
    totals = of(registers(YOUNG), limit_w)
    assert (totals.energy_wh, totals.shown, totals.is_doubted) == (160, (940, 1_100), True)


@SMALL
@pytest.mark.parametrize("gained_wh", [500.0, 1_020.0, 1_100.0, 2_500.0])
def test_what_no_connector_delivers_in_a_second_is_marked_at_least(
    gained_wh: float, limit_w: float
) -> None:
    told = registers([(0, 100_123), (1, 100_123 + gained_wh)])
    totals, (doubt,) = of(told, limit_w), doubts_of(told, Span(at(0), at(1), limit_w))
    assert totals.is_doubted
    assert totals.energy_wh in (0, gained_wh)
    assert doubt.counts is (totals.energy_wh > 0)
    assert totals.energy_wh < 1_000


@SMALL
@pytest.mark.parametrize("step_wh", [1_000, 100, 10])
@pytest.mark.parametrize("is_fine", [False, True])
def test_a_meter_that_counts_in_coarse_steps_is_not_doubted(
    step_wh: int, limit_w: float, is_fine: bool
) -> None:
    """Also where the end is told to the Wh, and what lies between is not."""
    true = [(60.0 * n, 100_000 + limit_w * n / 60) for n in range(61)]
    told = [(second, float(wh // step_wh * step_wh)) for second, wh in true]
    if is_fine:
        told = [*told[:-1], true[-1]]
    totals = of(registers(told), limit_w)
    assert (totals.energy_wh, totals.is_doubted) == (told[-1][1] - told[0][1], False)


@SMALL
@pytest.mark.parametrize("every_s", [30, 60, 300])
def test_a_meter_that_is_read_once_a_minute_or_stamped_to_it_is_not_doubted(
    every_s: int, limit_w: float
) -> None:
    seconds = [every_s * n for n in range(21)]
    late = [second + 45 * (0 < n < 18) for n, second in enumerate(seconds)]
    stamped = [(second // 60 * 60.0, 100_123 + limit_w * second / 3600) for second in late]
    polled = [(second, 100_123 + limit_w * (second // 60) / 60) for second in map(float, late)]
    for told in (stamped, polled):
        totals = of(registers(told), limit_w)
        assert (totals.energy_wh, totals.is_doubted) == (told[-1][1] - told[0][1], False)


def test_a_strong_charger_that_soon_ends_is_billed_from_its_zero() -> None:
    told = registers([(0, 0), (60, 1_500), (120, 1_505), (360, 1_510), (400, 1_510)])
    for limit_w in (None, 150_000.0):
        assert of(told, limit_w).energy_wh == 1_510
