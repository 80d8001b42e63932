from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.simulator.curve import Car, Supply
from apps.simulator.meter import CURRENT, ENERGY, POWER, SOC, VOLTAGE, Meter
from apps.simulator.outlet import Outlet

AT = datetime(2025, 3, 1, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 3_600_000)))


@given(STEPS)
def test_the_register_is_the_integral_of_power_to_the_watt_hour(
    steps: list[tuple[int, int]],
) -> None:
    meter = Meter(register_wh=1_000)
    for power_w, duration_ms in steps:
        meter.add(power_w, duration_ms)
    total = sum(power_w * duration_ms for power_w, duration_ms in steps)
    assert meter.register_wh == 1_000 + total // 3_600_000


def test_odd_seconds_add_up_without_loss() -> None:
    meter = Meter()
    for _ in range(3_600):
        meter.add(7_357, 1_000)
    assert meter.register_wh == 7_357


@pytest.mark.parametrize("phases", [1, 3])
def test_ac_currents_and_voltages_multiply_to_the_power(phases: int) -> None:
    outlet = Outlet(1, Supply("AC", 22_000, 3), car=Car(ac_phases=phases))
    outlet.power_w = 3_600 * phases
    samples = outlet.read(AT).samples()
    current = [s for s in samples if s.measurand == CURRENT]
    voltage = [s for s in samples if s.measurand == VOLTAGE]
    assert [s.phase for s in current] == ["L1", "L2", "L3"][:phases]
    assert [s.phase for s in voltage] == ["L1-N", "L2-N", "L3-N"][:phases]
    product_w = sum(a.value * v.value for a, v in zip(current, voltage, strict=True))
    assert product_w == pytest.approx(outlet.power_w, rel=0.001)


def test_dc_names_no_phase() -> None:
    outlet = Outlet(1, Supply("DC", 150_000, 3, 400.0), car=Car())
    outlet.power_w = 100_000
    by_measurand = {s.measurand: s for s in outlet.read(AT).samples()}
    assert set(by_measurand) == {ENERGY, POWER, CURRENT, VOLTAGE, SOC}
    assert by_measurand[CURRENT].phase is None
    assert by_measurand[CURRENT].value * by_measurand[VOLTAGE].value == 100_000


def test_a_faster_clock_fills_the_battery_and_leaves_the_register_true() -> None:
    outlet = Outlet(1, car=Car(capacity_wh=50_000, soc_pct=20.0))
    outlet.consume(10_000, 360_000, speed=10.0)
    assert outlet.meter.register_wh == 1_000
    assert outlet.car is not None
    assert outlet.car.soc_pct == pytest.approx(40.0)
