"""From a body to a command: read, allowed, well-formed, and given."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

from apps.accounts.models import Actor
from apps.api.errors import Conflict, Invalid
from apps.commands.models import CommandRow
from apps.commands.raw import check_call
from apps.control import services as control
from apps.domain.commands import COMMANDS, BadParameters, Command, RawCall, parse
from apps.domain.parameters import Entries, OfTheSystem, parameters_of
from apps.stations.models import Station

_LONGEST = {"transaction_id": 36, "token": 255, "token_type": 20, "message": 64}


def read_command(actor: Actor, name: str, parameters: Mapping[str, Any]) -> Command:
    """The command that a body names. Raises PermissionDenied, or Invalid with each problem."""
    kind = COMMANDS.get(name)
    if kind is not None and not actor.may(kind.declared.permission):
        raise PermissionDenied
    if kind is RawCall:
        raise _bad(["a raw call goes to …/calls/, where it is checked against its schema"])
    given = dict(parameters)
    if "variables" in given and isinstance(given["variables"], list):
        given["variables"] = [_as_variable(item) for item in given["variables"]]
    if problems := list(_shape_problems(kind, given)):
        raise _bad(problems)
    try:
        return parse(name, given)
    except BadParameters as error:
        raise _bad(error.problems) from error


def read_call(station: Station, action: str, payload: dict[str, Any]) -> RawCall:
    """The raw call of a body, valid in the version that the station speaks."""
    if not station.protocol:
        raise Conflict(
            "never_connected",
            "This station has never connected, so its OCPP version is not known yet.",
        )
    problems = check_call(station.protocol, action, payload)
    if problems:
        details = [{"path": problem.path, "message": problem.message} for problem in problems]
        raise Invalid("invalid_call", f"{action} cannot be sent like this.", details)
    return RawCall(action, payload)


def give(actor: Actor, station: Station, command: Command, reason: str) -> CommandRow:
    """Queue it and write down who wanted it. Raises Invalid with each problem."""
    try:
        return control.give(actor, station, command, reason=reason)
    except BadParameters as error:
        raise _bad(error.problems) from error


def _as_variable(item: Any) -> Any:
    """1.6's {"key", "value"} in the words of 2.0.1."""
    if not isinstance(item, dict) or "variable" in item or "key" not in item:
        return item
    return {
        "variable": {"name": item["key"]},
        **({"attributeValue": item["value"]} if "value" in item else {}),
    }


def _shape_problems(kind: type[Command] | None, given: Mapping[str, Any]) -> Iterator[str]:
    """What ``parse`` does not look at: lengths, ids of ours, and the inside of variables."""
    known = parameters_of(kind) if kind else {}
    for name in given:
        if name in known and known[name].mark(OfTheSystem):
            yield f"{name!r} is given by the system"
    for key, longest in _LONGEST.items():
        if isinstance(given.get(key), str) and len(given[key]) > longest:
            yield f"{key!r} has at most {longest} characters"
    for name, parameter in known.items():
        entries, items = parameter.mark(Entries), given.get(name)
        if entries and isinstance(items, list):
            for index, item in enumerate(items):
                yield from (f"{name}[{index}]: {p}" for p in _entry_problems(entries, item))


def _entry_problems(entries: Entries, item: Any) -> Iterator[str]:
    if not isinstance(item, dict):
        yield "must be an object"
        return
    for name in entries.named:
        if (name in item or name in entries.required) and not _has_name(item.get(name)):
            yield f"{name!r} must be an object with a 'name'"
    for name in entries.required:
        if name not in entries.named and not isinstance(item.get(name), str):
            yield f"{name!r} must be a string"


def _has_name(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and bool(value["name"])


def _bad(problems: list[str]) -> Invalid:
    return Invalid("invalid_command", "The command does not fit; see details.", problems)
