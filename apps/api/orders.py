"""From a body to a command in the outbox: read, allowed, well-formed, queued, audited."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.accounts.services import audit
from apps.api.errors import Conflict, Invalid
from apps.commands.models import CommandRow
from apps.commands.raw import check_call
from apps.commands.services import queue
from apps.device import services as device
from apps.domain.commands import COMMANDS, BadParameters, Command, RawCall, parse
from apps.journal.masking import masked
from apps.lists import services as lists
from apps.power import services as power
from apps.reservations import services as reservations
from apps.sessions.selectors import find_session_id
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


def fitting(station: Station, command: Command) -> Command:
    """The command as this station can take it. Raises Invalid with each problem."""
    try:
        return device.prepare(station, power.prepare(station, command))
    except BadParameters as error:
        raise _bad(error.problems) from error


@transaction.atomic
def give(actor: Actor, station: Station, command: Command, reason: str) -> CommandRow:
    """Queue it and write down who wanted it."""
    now = timezone.now()
    command = _completed(station, command, now, getattr(actor, "label", ""))
    try:
        row = queue(
            organisation_id=station.organisation_id,
            station_id=station.pk,
            identity=station.identity,
            command=command,
            now=now,
            actor=getattr(actor, "label", ""),
            reason=reason,
            session_id=_session_of(actor, station, command),
            expires_s=reservations.patience_s(command, now),
        )
    except BadParameters as error:
        raise _bad(error.problems) from error
    audit(
        actor=actor,
        action=row.name,
        target=station.identity,
        now=now,
        reason=reason,
        details={"command": row.pk, "parameters": masked(row.parameters)},
    )
    return row


def _completed(station: Station, command: Command, now: datetime, actor: str) -> Command:
    """With what only the system can fill in. Raises Invalid with each problem."""
    try:
        command = lists.complete(station, command, now=now)
        return reservations.complete(station, command, now=now, actor=actor)
    except BadParameters as error:
        raise _bad(error.problems) from error


def _session_of(actor: Actor, station: Station, command: Command) -> int | None:
    transaction_id = getattr(command, "transaction_id", "")
    return find_session_id(actor, station.pk, transaction_id) if transaction_id else None


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
