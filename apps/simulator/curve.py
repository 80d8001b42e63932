"""How much a car draws from a supply: ramp up, plateau, taper above 80 %. Pure."""

import math
from dataclasses import dataclass, replace
from typing import Literal

RAMP_S = {"AC": 8.0, "DC": 25.0}
TAPER_FROM_PCT = 80.0
TAPER_FLOOR = 0.1
RIPPLE = 0.02
MIN_AC_CURRENT_A = 6.0


@dataclass(frozen=True)
class Supply:
    """One outlet: `voltage_v` is phase to neutral for AC, the battery's for DC."""

    kind: Literal["AC", "DC"] = "AC"
    max_power_w: int = 11_000
    phases: int = 3
    voltage_v: float = 230.0


@dataclass(frozen=True)
class Car:
    capacity_wh: float = 58_000.0
    soc_pct: float = 35.0
    target_pct: float = 100.0
    max_ac_power_w: int = 11_000
    max_dc_power_w: int = 135_000
    ac_phases: int = 3

    @property
    def is_full(self) -> bool:
        return self.soc_pct >= self.target_pct - 1e-6


def phases_used(supply: Supply, car: Car) -> int:
    return 1 if supply.kind == "DC" else min(supply.phases, car.ac_phases)


def plateau_w(supply: Supply, car: Car, limit_w: float | None = None) -> float:
    """The lowest of station, car and limit; 0 where AC would fall under 6 A per phase."""
    allowed_w = math.inf if limit_w is None else max(0.0, limit_w)
    if supply.kind == "DC":
        return min(supply.max_power_w, car.max_dc_power_w, allowed_w)
    phases = phases_used(supply, car)
    station_w = supply.max_power_w * phases / supply.phases
    power_w = min(station_w, car.max_ac_power_w, allowed_w)
    return power_w if power_w >= MIN_AC_CURRENT_A * supply.voltage_v * phases else 0.0


def taper(soc_pct: float) -> float:
    """1 up to 80 %, then down in a straight line to a tenth at 100 %."""
    over = max(0.0, soc_pct - TAPER_FROM_PCT) / (100.0 - TAPER_FROM_PCT)
    return 1.0 - (1.0 - TAPER_FLOOR) * min(1.0, over)


def power_w(supply: Supply, car: Car, elapsed_s: float, limit_w: float | None = None) -> int:
    """Watts drawn `elapsed_s` after the contactor closed; 0 once the car has what it wanted."""
    if car.is_full:
        return 0
    ramp = min(1.0, elapsed_s / RAMP_S[supply.kind])
    ripple = 1.0 - RIPPLE * (1.0 + math.sin(elapsed_s / 7.0)) / 2.0
    return round(plateau_w(supply, car, limit_w) * taper(car.soc_pct) * ramp * ripple)


def charge(car: Car, energy_wh: float) -> Car:
    soc_pct = car.soc_pct + 100.0 * energy_wh / car.capacity_wh
    return replace(car, soc_pct=min(car.target_pct, soc_pct))
