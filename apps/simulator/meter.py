"""The energy register, and what a station reads from it. Exact: watts times milliseconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from apps.simulator.curve import Supply

WATT_MS_PER_WH = 3_600_000

ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"
CURRENT = "Current.Import"
VOLTAGE = "Voltage"
SOC = "SoC"
ALL_MEASURANDS = (ENERGY, POWER, CURRENT, VOLTAGE, SOC)


class Meter:
    """A register that equals the integral of power; whole Wh are shown, the rest is kept."""

    def __init__(self, register_wh: int = 0) -> None:
        self._watt_ms = register_wh * WATT_MS_PER_WH

    @property
    def register_wh(self) -> int:
        return self._watt_ms // WATT_MS_PER_WH

    def add(self, power_w: int, duration_ms: int) -> None:
        self._watt_ms += power_w * duration_ms

    def reset(self) -> None:
        self._watt_ms = 0


@dataclass(frozen=True)
class Sample:
    measurand: str
    value: float
    unit: str
    phase: str | None = None


@dataclass(frozen=True)
class Reading:
    """All that one outlet shows at one instant."""

    at: datetime
    register_wh: int
    power_w: int
    current_a: float
    voltage_v: float
    phases: int  # 0 for DC, which names no phase
    soc_pct: float | None = None
    context: str = "Sample.Periodic"

    def samples(self, measurands: tuple[str, ...] = ALL_MEASURANDS) -> list[Sample]:
        return [sample for sample in self._all_samples() if sample.measurand in measurands]

    def _all_samples(self) -> Iterator[Sample]:
        yield Sample(ENERGY, self.register_wh, "Wh")
        yield Sample(POWER, self.power_w, "W")
        for name in self._phase_names():
            yield Sample(CURRENT, self.current_a, "A", name)
        for name in self._phase_names():
            yield Sample(VOLTAGE, self.voltage_v, "V", name and f"{name}-N")
        if self.soc_pct is not None:
            yield Sample(SOC, round(self.soc_pct, 1), "Percent")

    def _phase_names(self) -> tuple[str | None, ...]:
        return (None,) if self.phases == 0 else ("L1", "L2", "L3")[: self.phases]


def electrics(supply: Supply, power_w: int, phases: int) -> tuple[float, float]:
    """(amperes, volts) of each phase, or of the DC pair: they multiply to `power_w`."""
    per_phase_w = power_w / phases
    sag_v = 0.0 if supply.kind == "DC" else per_phase_w / 3_680.0
    voltage_v = round(supply.voltage_v - sag_v, 1)
    return round(per_phase_w / voltage_v, 2), voltage_v
