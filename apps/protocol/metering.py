"""Meter values of either version as domain samples.

One sample for each instant and context. A value that cannot be understood (unknown word,
no number, sentinel, beyond physics) is passed over, which is said, and costs none of the others.
Nothing is derived: no power from volts and amperes. Signed values are left to the journal. What
energy is made of is exact; of volts, amperes and percent six digits are kept, more than meters
have.

Defaults are those of both specifications: register of imported active energy, Wh,
Sample.Periodic, outlet. Without a total the phases are added up. A current or voltage that
names no phase takes the first place; volts between two phases are those to neutral of the first.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf, isfinite, sqrt
from typing import Any

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.protocol.members import moment
from apps.protocol.timestamps import Moment

UNKNOWN_REGISTER_WH = 2**31 - 1
_SENTINELS = frozenset({2**31 - 1, 2**32 - 1, 2**63 - 1})
_CONTEXTS = frozenset(context.value for context in SampleContext)
_MOST_UNREAD = 5
_LONGEST_WORD = 40
_BETWEEN = {"L1-L2": 1, "L2-L3": 2, "L3-L1": 3}  # of volts alone
_UNKEPT = frozenset({"N", *_BETWEEN})
_PHASES = {None: 0, "L1": 1, "L2": 2, "L3": 3, "L1-N": 1, "L2-N": 2, "L3-N": 3}


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
_REGISTER = Quantity(0, _WATTHOURS, 0, 1e11, is_exact=True)
_POWER = Quantity(4, _WATTS, -1e7, 1e7, is_exact=True)
_CURRENT = Quantity(8, _AMPERES, -1e4, 1e4)
_VOLTAGE = Quantity(12, _VOLTS, 0, 2e4)
_VOLTAGE_BETWEEN = Quantity(24, _VOLTS, 0, 2e4)
_SOC = Quantity(16, {"Percent": 1, "%": 1, "pct": 1}, 0, 100)
_INTERVAL = Quantity(20, _WATTHOURS, 0, 1e9, is_exact=True)
_SLOTS = 28
_LEAST = 1e-30  # what is closer to zero has no place in four bytes, and no meaning

_OTHERS = """
    Current.Export Current.Offered Energy.Active.Export.Interval Energy.Active.Export.Register
    Energy.Active.Net Energy.Apparent.Export Energy.Apparent.Import Energy.Apparent.Net
    Energy.Reactive.Export.Interval Energy.Reactive.Export.Register Energy.Reactive.Import.Interval
    Energy.Reactive.Import.Register Energy.Reactive.Net Frequency Power.Active.Export Power.Factor
    Power.Offered Power.Reactive.Export Power.Reactive.Import RPM Temperature
"""
_LEFT_TO_THE_JOURNAL = frozenset(_OTHERS.split())
_DEFAULT_MEASURAND = "Energy.Active.Import.Register"
_QUANTITIES = {
    _DEFAULT_MEASURAND: _REGISTER,
    "Power.Active.Import": _POWER,
    "Current.Import": _CURRENT,
    "Voltage": _VOLTAGE,
    "SoC": _SOC,
    "Energy.Active.Import.Interval": _INTERVAL,
}

Readings = list[float | None]


def samples(
    meter_values: Iterable[dict[str, Any]], received_at: datetime, unread: list[str] | None = None,
    told: Moment | None = None,
) -> tuple[Sample, ...]:  # fmt: skip
    """The samples of a ``meterValue`` (or ``transactionData``) array, in its order.

    ``unread`` is given what could not be understood, in a few words each; ``told``: when the event
    was that they came with, for those that name no instant.
    """
    odd: list[str] = [] if unread is None else unread
    taken: list[Sample] = []
    values = list(meter_values)
    for meter_value, when in zip(values, _moments(values, received_at, told), strict=True):
        for context, readings in _by_context(meter_value.get("sampledValue", ()), odd).items():
            taken.append(_sample(when, context, readings))
    return tuple(taken)


def told_with(when: Moment, readings: Iterable[Sample]) -> Moment:
    """``when``, or where no instant was told, that of the last of the ``readings`` beside it."""
    told = [sample.at for sample in readings if sample.is_trusted]
    return when if when.is_trusted or when.said_at or not told else Moment(max(told))


def _moments(
    meter_values: list[dict[str, Any]], received_at: datetime, told: Moment | None
) -> list[Moment]:
    """Where the clock is unusable the newest is of now, and the others keep their distances."""
    when = [moment(one.get("timestamp"), received_at) for one in meter_values]
    if told is not None:
        when = [told if not one.is_trusted and one.said_at is None else one for one in when]
    newest = max((one.said_at for one in when if one.said_at), default=None)
    if newest is None or len(when) < 2:
        return when
    return [
        one._replace(at=received_at - (newest - one.said_at)) if one.said_at else one
        for one in when
    ]


def register(
    when: Moment, context: SampleContext, told: Mapping[str, Any], name: str,
    unread: list[str] | None = None,
) -> tuple[Sample, ...]:  # fmt: skip
    """The sample of a bare register reading (1.6 meterStart, meterStop), if it is one.

    ``unread`` as in ``samples``: what was told there and is none.
    """
    value = told.get(name)
    reading_wh = _number(value)
    if reading_wh is not None and _REGISTER.lowest <= reading_wh <= _REGISTER.highest:
        at, is_trusted, said_at = when
        return (Sample(at, context.value, reading_wh, is_trusted=is_trusted, said_at=said_at),)
    if value is not None and unread is not None:
        unread.append(f"{name} {value}"[:_LONGEST_WORD])
    return ()


def _by_context(sampled_values: Iterable[dict[str, Any]], unread: list[str]) -> dict[str, Readings]:
    """Readings by slot and phase: those at the outlet, or those elsewhere in the station."""
    at_outlet: dict[str, Readings] = {}
    elsewhere: dict[str, Readings] = {}
    for sampled in sampled_values:
        quantity, phase = _place(sampled)
        context = sampled.get("context", "Sample.Periodic")
        if quantity is None or phase is None or context not in _CONTEXTS:
            _note(unread, sampled)
            continue
        value = _value(sampled, quantity)
        if value is None:
            _note(unread, sampled)
            continue
        groups = at_outlet
        if "location" in sampled and quantity is not _SOC:
            location = sampled["location"]
            if location == "EV":
                continue
            groups = at_outlet if location == "Outlet" else elsewhere
        readings = groups.get(context)
        if readings is None:
            readings = groups[context] = [None] * _SLOTS
        readings[quantity.slot if quantity is _SOC else quantity.slot + phase] = value
    return _merged(at_outlet, elsewhere) if elsewhere else at_outlet


def _place(sampled: dict[str, Any]) -> tuple[Quantity | None, int | None]:
    quantity = _QUANTITIES.get(sampled.get("measurand", _DEFAULT_MEASURAND))
    phase = sampled.get("phase")
    if quantity is _VOLTAGE and phase in _BETWEEN:
        return _VOLTAGE_BETWEEN, _BETWEEN[phase]
    return quantity, _PHASES.get(phase)


def _merged(first: dict[str, Readings], second: dict[str, Readings]) -> dict[str, Readings]:
    for context, readings in second.items():
        target = first.setdefault(context, [None] * _SLOTS)
        for slot in range(0, _SLOTS, 4):
            if all(reading is None for reading in target[slot : slot + 4]):
                target[slot : slot + 4] = readings[slot : slot + 4]
    return first


def _value(sampled: dict[str, Any], quantity: Quantity) -> float | None:
    """The value in Wh, W, A, V or percent."""
    value = _number(sampled.get("value"))
    if value is None or sampled.get("format") == "SignedData":
        return None
    measure, unit = sampled.get("unitOfMeasure"), _unit_of(sampled)
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


def _spelled(quantity: Quantity, unit: Any) -> float | None:
    """The factor of a unit in any spelling; of two that differ in case alone the larger."""
    plain = re.sub(r"[^a-z%]", "", str(unit).casefold()).removesuffix("s")
    found = [factor for name, factor in quantity.units.items() if name.casefold() == plain]
    return max(found, default=None)


def _note(unread: list[str], sampled: dict[str, Any]) -> None:
    """What was passed over, unless it is left to the journal on purpose."""
    measurand = sampled.get("measurand", _DEFAULT_MEASURAND)
    is_signed = sampled.get("format") == "SignedData"
    if measurand in _LEFT_TO_THE_JOURNAL or is_signed or sampled.get("phase") in _UNKEPT:
        return
    words = f"{measurand} {sampled.get('value')}"[:_LONGEST_WORD]
    odd = [sampled.get("context"), sampled.get("phase"), _unit_of(sampled)]
    said = " ".join([words, *(str(word)[:_LONGEST_WORD] for word in odd if word)])
    if said not in unread and len(unread) < _MOST_UNREAD:
        unread.append(said)


def _unit_of(sampled: dict[str, Any]) -> Any:
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


Phases = tuple[float | None, float | None, float | None]


def _sample(when: Moment, context: str, readings: Readings) -> Sample:
    at, is_trusted, said_at = when
    return Sample(
        at,
        context,
        _total(readings, _REGISTER.slot),
        _total(readings, _POWER.slot),
        readings[_SOC.slot],
        _phases(readings, _CURRENT.slot),
        _volts(readings),
        is_trusted,
        _total(readings, _INTERVAL.slot),
        said_at,
    )


def _total(readings: Readings, slot: int) -> float | None:
    if readings[slot] is not None:
        return readings[slot]
    parts = [part for part in readings[slot + 1 : slot + 4] if part is not None]
    return sum(parts) if parts else None


def _volts(readings: Readings) -> Phases:
    """To neutral. Less than a volt is what an idle input picks up."""
    read = _phases(readings, _VOLTAGE.slot)
    if all(volts is None for volts in read):
        one, two, three = _phases(readings, _VOLTAGE_BETWEEN.slot)
        read = _to_neutral(one), _to_neutral(two), _to_neutral(three)
    first, second, third = (0.0 if v is not None and abs(v) < 1 else v for v in read)
    return first, second, third


def _to_neutral(volts: float | None) -> float | None:
    return None if volts is None else float(f"{volts / sqrt(3):.6g}")


def _phases(readings: Readings, slot: int) -> Phases:
    total, first, second, third = readings[slot : slot + 4]
    if first is None and second is None and third is None:
        return (total, None, None)
    return (first, second, third)
