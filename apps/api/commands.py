"""Each command in the OpenAPI document, from what it says of itself: one schema by its name."""

import inspect
from typing import Any

from apps.domain.command import Command
from apps.domain.commands import COMMANDS, RawCall
from apps.domain.parameters import Entries, OfTheSystem, OneOf, Parameter, parameters_of

_BODY = "CommandIn"


def with_commands(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The document with a body for each command that may be given by its name."""
    schemas = result["components"]["schemas"]
    common = schemas[_BODY]["properties"]
    given = {name: kind for name, kind in COMMANDS.items() if kind is not RawCall}
    schemas |= {name: _body(name, kind, common) for name, kind in given.items()}
    addresses = {name: f"#/components/schemas/{name}" for name in given}
    schemas[_BODY] = {
        "oneOf": [{"$ref": address} for address in addresses.values()],
        "discriminator": {"propertyName": "command", "mapping": addresses},
    }
    return result


def _body(name: str, kind: type[Command], common: dict[str, Any]) -> dict[str, Any]:
    parameters = _parameters(kind)
    is_needed = bool(parameters.get("required"))
    return {
        "type": "object",
        "description": inspect.cleandoc(kind.__doc__ or ""),
        "required": ["command", "parameters"] if is_needed else ["command"],
        "properties": {
            "command": {"type": "string", "enum": [name]},
            "parameters": parameters,
            "reason": common["reason"],
        },
    }


def _parameters(kind: type[Command]) -> dict[str, Any]:
    given = [p for p in parameters_of(kind).values() if not p.mark(OfTheSystem)]
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {parameter.name: _schema(parameter) for parameter in given},
    }
    required = [parameter.name for parameter in given if parameter.is_required]
    return schema | ({"required": required} if required else {})


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema = dict(parameter.kind.schema)
    if choice := parameter.mark(OneOf):
        schema["enum"] = list(choice.words)
    if entries := parameter.mark(Entries):
        schema["items"] = _entry(entries)
    if parameter.may_be_null:
        schema["nullable"] = True
    elif not parameter.is_required:
        default = parameter.default
        schema["default"] = list(default) if isinstance(default, tuple) else default
    return schema


def _entry(entries: Entries) -> dict[str, Any]:
    """An object of which the document says what ``orders`` looks at; the rest is the station's."""
    named = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    members: dict[str, Any] = dict.fromkeys(entries.named, named)
    members |= {name: {"type": "string"} for name in entries.required if name not in members}
    entry = {"type": "object", "properties": members}
    return entry | ({"required": list(entries.required)} if entries.required else {})
