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
from apps.stations.models import Station

_OF_COMPONENTS = ("get_report", "get_monitoring_report")
_LONGEST = {"transaction_id": 36, "token": 255, "token_type": 20, "message": 64}


def read_command(actor: Actor, name: str, parameters: Mapping[str, Any]) -> Command:
    """The command that a body names. Raises PermissionDenied, or Invalid with each problem."""
    if name in COMMANDS and not actor.may_command(name):
        raise PermissionDenied
    if name == "raw_call":
        raise _bad(["a raw call goes to …/calls/, where it is checked against its schema"])
    given = dict(parameters)
    if "variables" in given and isinstance(given["variables"], list):
        given["variables"] = [_as_variable(item) for item in given["variables"]]
    if problems := list(_shape_problems(name, given)):
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


def _shape_problems(name: str, given: Mapping[str, Any]) -> Iterator[str]:
    """What ``parse`` does not look at: lengths, ids of ours, and the inside of variables."""
    if "remote_start_id" in given:
        yield "'remote_start_id' is given by the system"
    for key, longest in _LONGEST.items():
        if isinstance(given.get(key), str) and len(given[key]) > longest:
            yield f"{key!r} has at most {longest} characters"
    variables = given.get("variables")
    if isinstance(variables, list):
        for index, item in enumerate(variables):
            yield from (f"variables[{index}]: {p}" for p in _variable_problems(name, item))


def _variable_problems(name: str, item: Any) -> Iterator[str]:
    if not isinstance(item, dict):
        yield "must be an object"
        return
    is_whole_component = name in _OF_COMPONENTS and "variable" not in item
    if not is_whole_component and not _has_name(item.get("variable")):
        yield "'variable' must be an object with a 'name'"
    if "component" in item and not _has_name(item["component"]):
        yield "'component' must be an object with a 'name'"
    if name == "set_variables" and not isinstance(item.get("attributeValue"), str):
        yield "'attributeValue' must be a string"


def _has_name(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and bool(value["name"])


def _bad(problems: list[str]) -> Invalid:
    return Invalid("invalid_command", "The command does not fit; see details.", problems)
