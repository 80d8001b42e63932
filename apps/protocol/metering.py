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

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import sqrt
from typing import Any

from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.protocol.members import moment
from apps.protocol.quantities import (
    CURRENT,
    DEFAULT_MEASURAND,
    INTERVAL,
    LEFT_TO_THE_JOURNAL,
    POWER,
    QUANTITIES,
    REGISTER,
    SLOTS,
    SOC,
    VOLTAGE,
    VOLTAGE_BETWEEN,
    Quantity,
    unit_of,
    value_of,
)
from apps.protocol.timestamps import Moment

_CONTEXTS = frozenset(context.value for context in SampleContext)
_PERIODIC, _OTHER = SampleContext.PERIODIC.value, SampleContext.OTHER.value
_SIGNED, _NET = "SignedData", "Energy.Active.Net"
_MOST_UNREAD = 5
_LONGEST_WORD = 40
_BETWEEN = {"L1-L2": 1, "L2-L3": 2, "L3-L1": 3}  # of volts alone
_UNKEPT = frozenset({"N", *_BETWEEN})
_PHASES = {None: 0, "L1": 1, "L2": 2, "L3": 3, "L1-N": 1, "L2-N": 2, "L3-N": 3}

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


def left_out(meter_values: Iterable[dict[str, Any]], readings: Iterable[Sample]) -> list[str]:
    """In a few words each, what was told of energy only as nobody here reads it: signed, or net."""
    if any(one.register_wh is not None or one.interval_wh is not None for one in readings):
        return []
    told = (sampled for value in meter_values for sampled in value.get("sampledValue", ()))
    words = (_left(sampled) for sampled in told)
    return list(dict.fromkeys(filter(None, words)))[:_MOST_UNREAD]


def _left(sampled: dict[str, Any]) -> str:
    measurand = sampled.get("measurand", DEFAULT_MEASURAND)
    is_signed = sampled.get("format") == _SIGNED
    if measurand == _NET or (is_signed and measurand == DEFAULT_MEASURAND):
        return f"{measurand} {_SIGNED if is_signed else sampled.get('value')}"[:_LONGEST_WORD]
    return ""


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
    reading_wh = value_of({"value": value}, REGISTER)
    if reading_wh is not None and REGISTER.lowest <= reading_wh <= REGISTER.highest:
        at, is_trusted, said_at = when
        return (Sample(at, context.value, reading_wh, is_trusted=is_trusted, said_at=said_at),)
    if value is not None and unread is not None:
        unread.append(f"{name} {value}"[:_LONGEST_WORD])
    return ()


def _by_context(sampled_values: Iterable[dict[str, Any]], unread: list[str]) -> dict[str, Readings]:
    """Readings by slot and phase: those at the outlet, or those elsewhere in the station."""
    at_outlet: dict[str, Readings] = {}
    elsewhere: dict[str, Readings] = {}
    strange: list[dict[str, Any]] = []
    for sampled in sampled_values:
        if sampled.get("context", _PERIODIC) not in _CONTEXTS:
            strange.append(sampled)
        elif not _take(sampled, at_outlet, elsewhere):
            _note(unread, sampled)
    for sampled in strange:
        _take_strange(sampled, at_outlet, elsewhere, unread)
    return _merged(at_outlet, elsewhere) if elsewhere else at_outlet


def _take(
    sampled: dict[str, Any], at_outlet: dict[str, Readings], elsewhere: dict[str, Readings]
) -> bool:
    """Put a value in its place; False where it is not understood."""
    quantity, phase = _place(sampled)
    value = None if quantity is None or phase is None else value_of(sampled, quantity)
    if quantity is None or phase is None or value is None:
        return False
    groups = at_outlet
    if "location" in sampled and quantity is not SOC:
        location = sampled["location"]
        if location == "EV":
            return True
        groups = at_outlet if location == "Outlet" else elsewhere
    context = sampled.get("context", _PERIODIC)
    readings = groups.get(context)
    if readings is None:
        readings = groups[context] = [None] * SLOTS
    readings[quantity.slot if quantity is SOC else quantity.slot + phase] = value
    return True


def _take_strange(
    sampled: dict[str, Any], at_outlet: dict[str, Readings], elsewhere: dict[str, Readings],
    unread: list[str],
) -> None:  # fmt: skip
    """Of an unknown context: a register is one all the same, if none is told beside it."""
    others = [r for groups in (at_outlet, elsewhere) for context, r in groups.items()
              if context != _OTHER]  # fmt: skip
    is_alone = all(value is None for r in others for value in r[REGISTER.slot : REGISTER.slot + 4])
    is_register = _place(sampled)[0] is REGISTER
    if not (
        is_register and is_alone and _take(sampled | {"context": _OTHER}, at_outlet, elsewhere)
    ):
        _note(unread, sampled)


def _place(sampled: dict[str, Any]) -> tuple[Quantity | None, int | None]:
    quantity = QUANTITIES.get(sampled.get("measurand", DEFAULT_MEASURAND))
    phase = sampled.get("phase")
    if quantity is VOLTAGE and phase in _BETWEEN:
        return VOLTAGE_BETWEEN, _BETWEEN[phase]
    return quantity, _PHASES.get(phase)


def _merged(first: dict[str, Readings], second: dict[str, Readings]) -> dict[str, Readings]:
    for context, readings in second.items():
        target = first.setdefault(context, [None] * SLOTS)
        for slot in range(0, SLOTS, 4):
            if all(reading is None for reading in target[slot : slot + 4]):
                target[slot : slot + 4] = readings[slot : slot + 4]
    return first


def _note(unread: list[str], sampled: dict[str, Any]) -> None:
    """What was passed over, unless it is left to the journal on purpose."""
    measurand = sampled.get("measurand", DEFAULT_MEASURAND)
    is_signed = sampled.get("format") == _SIGNED
    if measurand in LEFT_TO_THE_JOURNAL or is_signed or sampled.get("phase") in _UNKEPT:
        return
    words = f"{measurand} {sampled.get('value')}"[:_LONGEST_WORD]
    odd = [sampled.get("context"), sampled.get("phase"), unit_of(sampled)]
    said = " ".join([words, *(str(word)[:_LONGEST_WORD] for word in odd if word)])
    if said not in unread and len(unread) < _MOST_UNREAD:
        unread.append(said)


Phases = tuple[float | None, float | None, float | None]


def _sample(when: Moment, context: str, readings: Readings) -> Sample:
    at, is_trusted, said_at = when
    return Sample(
        at,
        context,
        _total(readings, REGISTER.slot),
        _total(readings, POWER.slot),
        readings[SOC.slot],
        _phases(readings, CURRENT.slot),
        _volts(readings),
        is_trusted,
        _total(readings, INTERVAL.slot),
        said_at,
    )


def _total(readings: Readings, slot: int) -> float | None:
    if readings[slot] is not None:
        return readings[slot]
    parts = [part for part in readings[slot + 1 : slot + 4] if part is not None]
    return sum(parts) if parts else None


def _volts(readings: Readings) -> Phases:
    """To neutral. Less than a volt is what an idle input picks up."""
    read = _phases(readings, VOLTAGE.slot)
    if all(volts is None for volts in read):
        one, two, three = _phases(readings, VOLTAGE_BETWEEN.slot)
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
