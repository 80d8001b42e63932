"""Payloads made from the OCPP schemas: the least, the fullest, and broken ones."""

import copy
import random
from typing import Any

from apps.domain.vocabulary import Protocol
from apps.protocol import validation

MOMENT = "2025-03-04T08:00:00Z"
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 3.5, 10**18, 2**64 - 1, 1e300, "", "x" * 6000, "\u20ac\ufffd", [], {},
    [None], {"a": {"b": []}}, "2025-13-45T99:99:99Z", "NaN",
)  # fmt: skip


def build(protocol: Protocol, action: str, *, kind: str = "request", is_full: bool) -> Any:
    """A valid payload: the required members alone, or every member of the schema."""
    schema = validation.schema(protocol, action, "request" if kind == "request" else "response")
    return _instance(schema, schema.get("definitions", {}), is_full)


def mutated(payload: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The payload with one to three members lost, added, or changed into something else."""
    broken = copy.deepcopy(payload)
    for _ in range(dice.randint(1, 3)):
        holder = dice.choice(list(_holders(broken)))
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys or dice.random() < 0.15:
            if isinstance(holder, dict):
                holder["unheardOf"] = copy.deepcopy(dice.choice(JUNK))
            continue
        key = dice.choice(keys)
        if dice.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(dice.choice(JUNK))
    return broken


def _holders(value: Any) -> Any:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


def _instance(schema: dict[str, Any], definitions: dict[str, Any], is_full: bool) -> Any:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        names = schema.get("properties", {}) if is_full else schema.get("required", ())
        inner = {n: _instance(schema["properties"][n], definitions, is_full) for n in names}
        return inner | ({"free": 1} if is_full and set(names) == {"vendorId"} else {})
    if kind == "array":
        return [_instance(schema["items"], definitions, is_full)]
    if kind == "string":
        return _text(schema, is_full)
    return {"integer": 1, "number": 1.5, "boolean": True}.get(str(kind), "anything")


def _text(schema: dict[str, Any], is_full: bool) -> str:
    formatted = {"date-time": MOMENT, "uri": "https://files.example/1"}
    plain = "x" * schema.get("maxLength", 10) if is_full else "7"
    return formatted.get(schema.get("format", ""), plain)
