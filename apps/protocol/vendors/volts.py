"""Volts between two phases, under the name of one: more than any phase has to neutral."""

from math import sqrt
from typing import Any

Payload = dict[str, Any]

_MOST_TO_NEUTRAL_V = 300.0
_OF_ONE_PHASE = (None, "L1", "L2", "L3", "L1-N", "L2-N", "L3-N")


def to_neutral(payload: Payload) -> Payload:
    """The readings with volts to neutral; the same object where nothing changes."""
    told = payload.get("meterValue")
    if not isinstance(told, list):
        return payload
    changed = [_value(value) for value in told]
    return payload | {"meterValue": changed} if changed != told else payload


def _value(value: Any) -> Any:
    sampled = value.get("sampledValue") if isinstance(value, dict) else None
    if not isinstance(sampled, list):
        return value
    return value | {"sampledValue": [_sampled(one) for one in sampled]}


def _sampled(one: Any) -> Any:
    if not isinstance(one, dict) or one.get("measurand") != "Voltage":
        return one
    try:
        volts = float(one.get("value", ""))
    except (TypeError, ValueError):
        return one
    is_between = volts > _MOST_TO_NEUTRAL_V and one.get("phase") in _OF_ONE_PHASE
    return one | {"value": f"{volts / sqrt(3):.1f}"} if is_between else one
