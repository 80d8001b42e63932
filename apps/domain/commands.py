"""What we want from a station, in words of no particular OCPP version.

``COMMANDS`` has every kind by its name; ``parse`` builds one from its name and JSON parameters
and ``parameters`` turns it back. Wrong input raises BadParameters with every problem found.
"""

from collections.abc import Collection, Mapping
from typing import Any

from apps.domain import (  # noqa: F401 - to load a block is to declare its commands
    authorization,
    certificates,
    charging,
    costs,
    device,
    display,
    maintenance,
    operation,
    power,
    publishing,
    reservations,
    security,
    transfers,
    variables,
)
from apps.domain.charging import GetTransactionStatus, StartSession, StopSession, UnlockConnector
from apps.domain.command import BadParameters, Command, Declaration, declared_kinds, unknown
from apps.domain.confirmation import Confirmation
from apps.domain.operation import ChangeAvailability, RawCall, ResetStation, TriggerMessage
from apps.domain.parameters import read
from apps.domain.parameters import written as parameters
from apps.domain.variables import GetVariables, SetVariables

__all__ = [
    "COMMANDS",
    "BadParameters",
    "ChangeAvailability",
    "Command",
    "GetTransactionStatus",
    "GetVariables",
    "RawCall",
    "ResetStation",
    "SetVariables",
    "StartSession",
    "StopSession",
    "TriggerMessage",
    "UnlockConnector",
    "declaration_of",
    "names_confirmed",
    "parameters",
    "parse",
]

COMMANDS: Mapping[str, type[Command]] = declared_kinds()


def declaration_of(name: str) -> Declaration:
    """What is true of commands called so; rows of another age are no error."""
    kind = COMMANDS.get(name)
    return kind.declared if kind else unknown(name)


def names_confirmed(by: type[Confirmation]) -> Collection[str]:
    """The names of the commands that are confirmed in this way."""
    return [name for name, kind in COMMANDS.items() if isinstance(kind.declared.confirmed_by, by)]


def parse(name: str, given: Mapping[str, Any]) -> Command:
    """The command called ``name`` with the ``given`` JSON parameters."""
    kind = COMMANDS.get(name)
    if kind is None:
        raise BadParameters([f"unknown command {name!r}; one of {', '.join(COMMANDS)}"])
    return read(kind, given)
