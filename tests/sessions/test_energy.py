"""Energy from a meter, by the rules that ``energy`` states, in whatever order it arrives."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.domain.events import Sample
from apps.sessions import energy, measuring, sequence
from apps.sessions.energy import Totals
from apps.sessions.sequence import Span
from tests.sessions.strategies import at, meters

Reading = tuple[float, float | None]  # second, Wh


def registers(*readings: Reading) -> list[Sample]:
    return [Sample(at(second), register_wh=wh) for second, wh in readings]


def powers(*readings: Reading) -> list[Sample]:
    return [Sample(at(second), power_w=watts) for second, watts in readings]


def energy_wh(samples: list[Sample], *, ended_after_s: float | None = None) -> float:
    end = None if ended_after_s is None else at(ended_after_s)
    return measuring.total(samples, Span(at(0), end)).energy_wh


def step_by_step(samples: list[Sample]) -> Totals:
    """As the ledger does: add what is newer, total anew where that is not enough."""
    totals = Totals()
    seen: dict[Any, Any] = {}
    for sample in samples:
        key = sample.at, sample.context
        known = seen.get(key)
        seen[key] = sequence.merge_samples(known, sample) if known else sample
        added = None if known else energy.add(totals, sample)
        totals = measuring.total(seen.values(), Span(at(0))) if added is None else added
    return totals


@given(st.data())
def test_any_order_and_any_repetition_make_the_same_totals(data: st.DataObject) -> None:
    samples = data.draw(meters())
    twice = [*samples, *data.draw(st.lists(st.sampled_from(samples or [Sample(at(0))])))]
    arrived = data.draw(st.permutations(twice if samples else []))
    assert step_by_step(list(arrived)) == step_by_step(samples)


@given(meters())
def test_adding_step_by_step_is_the_same_as_totalling_at_the_end(samples: list[Sample]) -> None:
    merged: dict[tuple[object, str], Sample] = {}
    for sample in samples:
        key = sample.at, sample.context
        merged[key] = sequence.merge_samples(merged[key], sample) if key in merged else sample
    assert step_by_step(samples) == measuring.total(merged.values(), Span(at(0)))


def test_a_clock_that_stood_still_for_all_so_far_says_nothing_once_it_moves() -> None:
    told = [Sample(at(0), context, 0.0) for context in ("Trigger", "Sample.Clock")]
    told += [Sample(at(0), register_wh=5e7), Sample(at(1), register_wh=0.0)]
    assert step_by_step(told) == measuring.total(told, Span(at(0)))


@given(meters())
def test_energy_is_never_negative(samples: list[Sample]) -> None:
    assert energy_wh(samples) >= 0


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(0, 100), (60, 350)], 250),
        ([(0, 100)], 0),
        ([(0, 100), (60, 100)], 0),
        ([(0, 100), (60, None), (120, 400)], 300),
        ([(0, 100.5), (60, 100.75)], 0.25),
        ([], 0),
    ],
)
def test_rule_1_energy_is_what_the_register_gained(
    readings: list[Reading], expected_wh: float
) -> None:
    assert energy_wh(registers(*readings)) == expected_wh


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(0, 100), (60, 99)], 0),
        ([(0, 100), (60, 350), (120, 349)], 249),
        ([(0, 100), (60, 350), (120, 340)], 240),
        ([(0, 100), (60, 95), (120, 105)], 5),
    ],
)
def test_rule_2_up_to_ten_wh_below_is_rounding(readings: list[Reading], expected_wh: float) -> None:
    assert energy_wh(registers(*readings)) == expected_wh


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(0, 1000), (60, 0), (120, 1300)], 300),
        ([(0, 1000), (60, 1200), (120, 1), (180, 1300)], 300),
        ([(0, 1000), (60, 1200), (120, 1), (180, 2), (240, 1200)], 200),
    ],
)
def test_rule_3_a_dip_that_is_made_good_was_a_glitch(
    readings: list[Reading], expected_wh: float
) -> None:
    assert energy_wh(registers(*readings)) == expected_wh


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(0, 1000), (60, 1200), (120, 0), (180, 150)], 350),
        ([(0, 1000), (60, 1200), (120, 40), (180, 150)], 350),
        ([(0, 1000), (60, 1200), (120, 150)], 200),
        ([(0, 5000), (60, 5500), (120, 0), (180, 300), (240, 0), (300, 200)], 1000),
    ],
)
def test_rule_4_a_register_that_stays_low_began_again_at_zero(
    readings: list[Reading], expected_wh: float
) -> None:
    assert energy_wh(registers(*readings)) == expected_wh


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(0, 100), (60, 90_000_000), (120, 400)], 300),
        ([(0, 100), (60, 300), (120, 2**31 - 1)], 200),
        ([(0, 2**31 - 1), (60, 300), (120, 500)], 200),
        ([(0, 100), (1, 1_100)], 1_000),
        ([(0, 1_000), (2, 6_000)], 0),
        ([(0, 1_000), (2, 6_000), (60, 6_100)], 100),
        ([(0, 1_000), (2, 6_000), (60, 1_100)], 100),
        ([(0, 1_000), (2, 102_000)], 0),
        ([(0, 100), (3600, 900_100)], 900_000),
    ],
)
def test_rule_5_a_gain_beyond_a_megawatt_is_left_out(
    readings: list[Reading], expected_wh: float
) -> None:
    assert energy_wh(registers(*readings)) == expected_wh


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(0, 6000), (3600, 6000)], 6000),
        ([(0, 0), (3600, 6000)], 3000),
        ([(0, 6000), (1800, 6000), (1800, 0), (3600, 0)], 3000),
        ([(0, 6000)], 0),
    ],
)
def test_rule_6_without_a_register_power_is_integrated(
    readings: list[Reading], expected_wh: float
) -> None:
    assert energy_wh(powers(*readings)) == pytest.approx(expected_wh)


def test_rule_6_is_not_used_where_there_is_a_register() -> None:
    mixed = [*registers((0, 100), (3600, 150)), *powers((1, 9000), (3599, 9000))]
    assert energy_wh(mixed) == 50


@pytest.mark.parametrize(
    ("readings", "expected_wh"),
    [
        ([(-301, 1), (0, 100), (600, 300)], 200),
        ([(-300, 90), (0, 100), (600, 300)], 210),
        ([(0, 100), (600, 300), (605, 350)], 250),
        ([(0, 100), (600, 300), (606, 350)], 200),
    ],
)
def test_rule_7_samples_far_outside_belong_to_another_session(
    readings: list[Reading], expected_wh: float
) -> None:
    assert energy_wh(registers(*readings), ended_after_s=600) == expected_wh


def test_rule_7_what_is_dated_after_the_last_reading_does_not_count() -> None:
    end = Sample(at(600), "Transaction.End", 6_000)
    told = [*registers((0, 1_000), (300, 3_000), (630, 200), (640, 700)), end]
    assert measuring.total(told, Span(at(0), at(600))).energy_wh == 5_000
    assert measuring.total(told[:-1], Span(at(0), at(600))).energy_wh == 2_000


def test_begin_comes_before_and_end_after_what_was_read_at_the_same_instant() -> None:
    begin = Sample(at(0), "Transaction.Begin", 100)
    middle = Sample(at(0), "Sample.Periodic", 101)
    end = Sample(at(0), "Transaction.End", 102)
    totals = measuring.total([end, middle, begin], Span(at(0), at(0)))
    assert (totals.meter_start_wh, totals.meter_stop_wh, totals.energy_wh) == (100, 102, 2)


def test_the_highest_power_and_the_first_and_last_charge_are_kept() -> None:
    samples = [
        Sample(at(0), power_w=3000, soc_pct=20),
        Sample(at(60), power_w=11_000),
        Sample(at(120), power_w=7000, soc_pct=24),
    ]
    totals = step_by_step(samples)
    assert (totals.max_power_w, totals.power_w) == (11_000, 7000)
    assert (totals.soc_start_pct, totals.soc_pct) == (20, 24)
    assert totals.has_flowed


def test_a_sample_that_was_split_in_two_is_put_together() -> None:
    one = Sample(at(0), register_wh=100, current_a=(6.0, None, None))
    other = replace(one, register_wh=None, power_w=4000, current_a=(None, 5.0, None))
    merged = sequence.merge_samples(one, other)
    assert merged == sequence.merge_samples(other, one)
    assert (merged.register_wh, merged.power_w) == (100, 4000)
    assert merged.current_a == (6.0, 5.0, None)


def test_a_leap_that_lasts_is_none_where_the_time_is_not_known() -> None:
    told = registers((0, 0), (1, 5_000), (2, 10_000))
    ours = [replace(sample, is_trusted=False) for sample in told]
    assert energy_wh(told) == 0
    assert energy_wh(ours) == step_by_step(ours).energy_wh == 10_000


def test_a_leap_by_a_true_clock_is_left_out_although_others_were_ours() -> None:
    ours = [replace(sample, is_trusted=False) for sample in registers((0, 100), (1, 5_000))]
    told = registers((600, 5_100), (601, 99_000), (1_200, 5_200))
    assert energy_wh([*ours, *told]) == 5_100


def test_without_a_register_intervals_are_added_up() -> None:
    told = [Sample(at(900 * n), interval_wh=250.0, power_w=9_000) for n in range(1, 5)]
    assert energy_wh(told, ended_after_s=3_600) == 1_000
    assert energy_wh([*told, *registers((0, 100), (3_600, 900))], ended_after_s=3_600) == 800


def test_without_power_volts_times_amperes_are_the_last_resort() -> None:
    phases = {"current_a": (10.0, 10.0, None), "voltage_v": (230.0, 230.0, 230.0)}
    told = [Sample(at(0), **phases), Sample(at(3_600), **phases)]
    assert energy_wh(told) == pytest.approx(4_600)
    assert energy_wh([replace(s, power_w=1_000.0) for s in told]) == pytest.approx(1_000)


@pytest.mark.parametrize("limit_w", [None, 22_000.0, 150_000.0])
@pytest.mark.parametrize("every_s", [1, 5, 15, 60])
@pytest.mark.parametrize("step_wh", [900.0, 20_000.0, 90_000.0])
def test_no_steps_add_up_to_more_than_can_flow(
    step_wh: float, every_s: int, limit_w: float | None
) -> None:
    """However small they are: what the connector delivers, or one of another size, in that time."""
    told = registers(*((every_s * n, 1_000 + step_wh * n) for n in range(200)))
    most_w = 1_000_000.0 if limit_w is None else 1.25 * limit_w
    elapsed_s = every_s * 199
    totals = measuring.total(told, Span(at(0), at(elapsed_s), limit_w))
    assert totals.energy_wh <= 4 * most_w * elapsed_s / 3600 + 1_000
    if step_wh * 3600 / every_s > most_w:
        assert totals.is_doubted
    if step_wh * 3600 / every_s > 4 * most_w:
        assert totals.energy_wh <= most_w * elapsed_s / 3600 + 2_000


def test_what_a_meter_of_whole_kwh_shows_is_ahead_of_its_time_by_no_more_than_that() -> None:
    """7.4 kW, told every 15 s: it stands still for eight minutes, and then leaps."""
    told = registers(*((15 * n, 1_000 * (7_400 * 15 * n // 3_600_000)) for n in range(960)))
    for limit_w in (None, 7_400.0, 22_000.0):
        totals = measuring.total(told, Span(at(0), at(15 * 959), limit_w))
        assert (totals.energy_wh, totals.is_doubted) == (29_000, False)


@pytest.mark.parametrize("every_s", [15, 60, 900])
def test_a_connector_that_is_said_to_be_too_small_loses_nothing_but_is_marked(
    every_s: int,
) -> None:
    told = registers(*((every_s * n, 22_000 / 3600 * every_s * n) for n in range(240)))
    end = every_s * 239
    totals = measuring.total(told, Span(at(0), at(end), 11_000.0))
    assert totals.energy_wh == pytest.approx(22_000 / 3600 * end)
    assert totals.is_doubted
    seen = [replace(sample, power_w=10_800.0) for sample in told]
    held = measuring.total(seen, Span(at(0), at(end), 11_000.0))
    assert held.energy_wh <= 11_000 * 1.25 / 3600 * end + 1_000
    assert held.is_doubted


@pytest.mark.parametrize("register_wh", [0.0, 5_000.0])
def test_a_register_that_does_not_move_beside_power_is_doubted(register_wh: float) -> None:
    told = [Sample(at(900 * n), "Sample.Periodic", register_wh, 7_000.0) for n in range(5)]
    totals = measuring.total(told, Span(at(0), at(3_600)))
    assert (totals.energy_wh, totals.is_doubted) == (pytest.approx(7_000), True)
    assert step_by_step(told) == measuring.total(told, Span(at(0)))


def test_a_register_of_zero_beside_intervals_is_doubted() -> None:
    told = [Sample(at(900 * n), register_wh=0.0, interval_wh=500.0) for n in range(1, 5)]
    totals = measuring.total(told, Span(at(0), at(3_600)))
    assert (totals.energy_wh, totals.is_doubted, totals.shown) == (2_000, True, (None, None))


def test_power_between_readings_far_apart_counts_by_the_lower_of_them() -> None:
    told = [Sample(at(0), register_wh=0.0, power_w=7_000.0)]
    told += [Sample(at(60 * n), register_wh=0.0, power_w=0.0) for n in (180, 200)]
    totals = measuring.total(told, Span(at(0), at(12_000)))
    assert (totals.energy_wh, totals.is_doubted) == (0, False)
