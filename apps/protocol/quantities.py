"""What a value of a meter is worth: measurand, unit, multiplier, and what can be. Pure.

A unit is read in any spelling, also where it is written behind the value.
"""

import re
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

UNKNOWN_REGISTER_WH = 2**31 - 1
_SENTINELS = frozenset({2**31 - 1, 2**32 - 1, 2**63 - 1})
_WITH_UNIT = re.compile(r"\s*([+-]?[0-9]{1,25}(?:[.,][0-9]{1,25})?)\s*([^\W\d_]{1,20}|%)\s*")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measurand that we keep: its units as factors, and what is physically possible."""

    slot: int
    units: dict[str, float]
    lowest: float
    highest: float
    is_exact: bool = False


_WATTHOURS = {"Wh": 1.0, "kWh": 1e3, "MWh": 1e6, "watthour": 1.0, "kilowatthour": 1e3}
_WATTS = {"W": 1.0, "kW": 1e3, "MW": 1e6, "watt": 1.0, "kilowatt": 1e3}
_AMPERES = {"A": 1.0, "mA": 1e-3, "amp": 1.0, "ampere": 1.0}
_VOLTS = {"V": 1.0, "mV": 1e-3, "kV": 1e3, "volt": 1.0}
REGISTER = Quantity(0, _WATTHOURS, 0, 1e11, is_exact=True)
POWER = Quantity(4, _WATTS, -1e7, 1e7, is_exact=True)
CURRENT = Quantity(8, _AMPERES, -1e4, 1e4)
VOLTAGE = Quantity(12, _VOLTS, 0, 2e4)
VOLTAGE_BETWEEN = Quantity(24, _VOLTS, 0, 2e4)
SOC = Quantity(16, {"Percent": 1, "%": 1, "pct": 1}, 0, 100)
INTERVAL = Quantity(20, _WATTHOURS, 0, 1e9, is_exact=True)
SLOTS = 28
_LEAST = 1e-30  # what is closer to zero has no place in four bytes, and no meaning

_OTHERS = """
    Current.Export Current.Offered Energy.Active.Export.Interval Energy.Active.Export.Register
    Energy.Active.Net Energy.Apparent.Export Energy.Apparent.Import Energy.Apparent.Net
    Energy.Reactive.Export.Interval Energy.Reactive.Export.Register Energy.Reactive.Import.Interval
    Energy.Reactive.Import.Register Energy.Reactive.Net Frequency Power.Active.Export Power.Factor
    Power.Offered Power.Reactive.Export Power.Reactive.Import RPM Temperature
"""
LEFT_TO_THE_JOURNAL = frozenset(_OTHERS.split())
DEFAULT_MEASURAND = "Energy.Active.Import.Register"
QUANTITIES = {
    DEFAULT_MEASURAND: REGISTER,
    "Power.Active.Import": POWER,
    "Current.Import": CURRENT,
    "Voltage": VOLTAGE,
    "SoC": SOC,
    "Energy.Active.Import.Interval": INTERVAL,
}


def value_of(sampled: dict[str, Any], quantity: Quantity) -> float | None:
    """The value in Wh, W, A, V or percent."""
    plain, unit = _apart(sampled.get("value"), unit_of(sampled))
    value = _number(plain)
    if value is None or sampled.get("format") == "SignedData":
        return None
    measure = sampled.get("unitOfMeasure")
    if unit:
        factor = quantity.units.get(unit) or _spelled(quantity, unit)
        if factor is None:
            return None
        value *= factor
    if measure and "multiplier" in measure:
        exponent = measure["multiplier"]
        value = value * 10.0**exponent if -12 <= exponent <= 12 else inf
    if not quantity.lowest <= value <= quantity.highest:
        return None
    if quantity.is_exact:
        return value
    return float(f"{value:.6g}") if abs(value) >= _LEAST else 0.0


def _apart(value: Any, unit: Any) -> tuple[Any, Any]:
    """A value, and the unit that is written behind it, which is nearer to it than another."""
    found = _WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    return (found[1], found[2]) if found else (value, unit)


def _spelled(quantity: Quantity, unit: Any) -> float | None:
    """The factor of a unit in any spelling; of two that differ in case alone the larger."""
    plain = re.sub(r"[^a-z%]", "", str(unit).casefold()).removesuffix("s")
    found = [factor for name, factor in quantity.units.items() if name.casefold() == plain]
    return max(found, default=None)


def unit_of(sampled: dict[str, Any]) -> Any:
    measure = sampled.get("unitOfMeasure")
    return measure.get("unit") if measure else sampled.get("unit")


def _number(value: Any) -> float | None:
    """A finite number, from text too (padded, or with a decimal comma)."""
    if isinstance(value, str):
        if "_" in value:  # a number to Python alone
            return None
        try:
            value = float(value.replace(",", ".") if "," in value else value)
        except ValueError:
            return None
    if type(value) is int:
        value = float(value)
    if type(value) is not float or value in _SENTINELS or not isfinite(value):
        return None
    return value
