from dataclasses import replace

import pytest

from apps.simulator import curve
from apps.simulator.curve import Car, Supply

AC = Supply("AC", 22_000, 3)
DC = Supply("DC", 150_000, 3, 400.0)
CAR = Car(soc_pct=40.0, max_ac_power_w=11_000, max_dc_power_w=135_000)


def test_power_ramps_up_from_nothing_to_the_plateau() -> None:
    ramp = [curve.power_w(DC, CAR, second) for second in range(0, 26, 5)]
    assert ramp[0] == 0
    assert ramp == sorted(ramp)
    assert ramp[-1] > 0.97 * 135_000


@pytest.mark.parametrize(
    ("supply", "car", "limit_w", "expected_w"),
    [
        (AC, CAR, None, 11_000),
        (AC, replace(CAR, max_ac_power_w=43_000), None, 22_000),
        (AC, CAR, 8_000, 8_000),
        (DC, CAR, None, 135_000),
        (replace(DC, max_power_w=50_000), CAR, None, 50_000),
        (DC, CAR, 30_000, 30_000),
        (AC, replace(CAR, ac_phases=1), None, 22_000 / 3),
    ],
)
def test_the_plateau_is_the_lowest_of_station_car_and_limit(
    supply: Supply, car: Car, limit_w: float | None, expected_w: float
) -> None:
    assert curve.plateau_w(supply, car, limit_w) == expected_w
    assert 0.97 * expected_w < curve.power_w(supply, car, 600, limit_w) <= expected_w


def test_ac_charging_stops_under_six_amperes_per_phase() -> None:
    assert curve.plateau_w(AC, CAR, 3 * 230 * 6) == 3 * 230 * 6
    assert curve.plateau_w(AC, CAR, 3 * 230 * 5.9) == 0
    assert curve.plateau_w(DC, CAR, 1_000) == 1_000
    assert curve.plateau_w(DC, CAR, 0) == 0


def test_power_tapers_above_eighty_percent_and_ends_when_full() -> None:
    at = [curve.power_w(DC, replace(CAR, soc_pct=soc), 600) for soc in (60, 80, 85, 90, 99)]
    assert at[0] == at[1]
    assert at[1:] == sorted(at[1:], reverse=True)
    assert curve.power_w(DC, replace(CAR, soc_pct=100.0), 600) == 0
    assert curve.power_w(DC, replace(CAR, soc_pct=85.0, target_pct=85.0), 600) == 0


def test_the_battery_takes_what_is_charged_and_never_more_than_wanted() -> None:
    car = Car(capacity_wh=50_000, soc_pct=50.0, target_pct=60.0)
    assert curve.charge(car, 2_500).soc_pct == 55.0
    assert curve.charge(car, 50_000).soc_pct == 60.0
    assert curve.charge(car, 50_000).is_full
