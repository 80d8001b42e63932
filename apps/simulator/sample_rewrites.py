"""Rewrites of the sampled values inside an outgoing message. Pure but for the memory."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apps.simulator.meter import ENERGY, POWER
from apps.simulator.rewrites import (
    Memory,
    Rewrite,
    is_end,
    is_start,
    is_update,
    memoryless,
    place_of,
    with_fields,
)
from apps.simulator.wire import Message, Payload

LIFETIME_WH = 7_930_000
FALL_WH = 700
INT32_MAX = 2_147_483_647
SampleEdit = Callable[[dict[str, Any]], dict[str, Any] | None]


def edit_samples(edit: SampleEdit, *, breaks_schema: bool = False) -> Rewrite:
    """Applies to every sampled value; None leaves it out."""

    def edited(value: dict[str, Any]) -> dict[str, Any]:
        samples = [edit(dict(sample)) for sample in value["sampledValue"]]
        return value | {"sampledValue": [sample for sample in samples if sample is not None]}

    @memoryless
    def rewrite(message: Message) -> list[Message]:
        fields = {
            name: [edited(value) for value in message.payload[name]]
            for name in ("meterValue", "transactionData")
            if name in message.payload
        }
        if not fields:
            return [message]
        changed = with_fields(message, **fields)
        return [replace(changed, breaks_schema=message.breaks_schema or breaks_schema)]

    return rewrite


def is_energy(sample: dict[str, Any]) -> bool:
    return bool(sample.get("measurand", ENERGY) == ENERGY)


def scaled(sample: dict[str, Any], factor: float) -> dict[str, Any]:
    value = round(float(sample["value"]) * factor, 3)
    return sample | {"value": str(value) if isinstance(sample["value"], str) else value}


def kwh_called_wh(sample: dict[str, Any]) -> dict[str, Any]:
    return scaled(sample, 0.001) if is_energy(sample) else sample


def unit_kwh(sample: dict[str, Any]) -> dict[str, Any]:
    if not is_energy(sample):
        return sample
    unit = {"unitOfMeasure": {"unit": "kWh"}} if "unitOfMeasure" in sample else {"unit": "kWh"}
    return scaled(sample, 0.001) | unit


def wh_called_kwh(sample: dict[str, Any]) -> dict[str, Any]:
    if not is_energy(sample):
        return sample
    unit = {"unitOfMeasure": {"unit": "kWh"}} if "unitOfMeasure" in sample else {"unit": "kWh"}
    return sample | unit


def only_power(sample: dict[str, Any]) -> dict[str, Any] | None:
    return sample if sample.get("measurand") == POWER else None


def other_json_type(sample: dict[str, Any]) -> dict[str, Any]:
    value = sample["value"]
    return sample | {"value": float(value) if isinstance(value, str) else str(value)}


def no_sample(_sample: dict[str, Any]) -> None:
    return None


def power_only_samples(message: Message, memory: Memory) -> list[Message]:
    return edit_samples(only_power)(message, memory) if is_update(message) else [message]


def empty_sampled_value(message: Message, memory: Memory) -> list[Message]:
    if not is_update(message):
        return [message]
    return edit_samples(no_sample, breaks_schema=True)(message, memory)


@memoryless
def object_meter_value(message: Message) -> list[Message]:
    if not is_update(message) or "meterValue" not in message.payload:
        return [message]
    changed = with_fields(message, meterValue=message.payload["meterValue"][0])
    return [replace(changed, breaks_schema=True)]


def meterstop_low(message: Message, memory: Memory) -> list[Message]:
    """The closing register is 1 Wh below the last sample's."""
    place = place_of(message)
    if is_start(message):
        memory.energy_wh.pop(place, None)
    last_wh = memory.energy_wh.get(place)
    if is_update(message):
        memory.energy_wh[place] = _energy_wh(message.payload)
    if not is_end(message) or last_wh is None:
        return [message]
    if message.action == "StopTransaction":
        message = with_fields(message, meterStop=int(last_wh) - 1)

    def lowered(sample: dict[str, Any]) -> dict[str, Any]:
        is_closing = is_energy(sample) and sample.get("context") == "Transaction.End"
        value: Any = str(int(last_wh) - 1) if isinstance(sample["value"], str) else last_wh - 1
        return sample | {"value": value} if is_closing else sample

    return edit_samples(lowered)(message, memory)


def begin_shows(value_wh: int) -> Rewrite:
    """The register at the begin, whatever it is, is told as ``value_wh``."""

    def shown(sample: dict[str, Any]) -> dict[str, Any]:
        is_begin = is_energy(sample) and sample.get("context") == "Transaction.Begin"
        return _shown(sample, value_wh) if is_begin else sample

    edit = edit_samples(shown)

    def rewrite(message: Message, memory: Memory) -> list[Message]:
        if message.action == "StartTransaction":
            return [with_fields(message, meterStart=value_wh)]
        return edit(message, memory)

    return rewrite


def once(odd: Callable[[float], float]) -> Rewrite:
    """The second sample of each session shows ``odd`` of its register."""

    def edited(sample: dict[str, Any]) -> dict[str, Any]:
        return _shown(sample, odd(float(sample["value"]))) if is_energy(sample) else sample

    edit = edit_samples(edited)

    def rewrite(message: Message, memory: Memory) -> list[Message]:
        place = place_of(message)
        if is_start(message):
            memory.updates_at[place] = 0
        if not is_update(message) or "meterValue" not in message.payload:
            return [message]
        memory.updates_at[place] += 1
        is_second = memory.updates_at[place] == 2
        return edit(message, memory) if is_second else [message]

    return rewrite


def _shown(sample: dict[str, Any], value_wh: float) -> dict[str, Any]:
    return sample | {"value": str(value_wh) if isinstance(sample["value"], str) else value_wh}


def _energy_wh(payload: Payload) -> float | None:
    values = [
        float(sample["value"])
        for meter_value in payload.get("meterValue", ())
        for sample in meter_value["sampledValue"]
        if is_energy(sample)
    ]
    return values[-1] if values else None
