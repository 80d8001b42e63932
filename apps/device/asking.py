"""Which reports a command asks for. Pure: its parameters, its calls, and what was answered.

``asked`` of a Report says it in words of no version: ``base`` | ``criteria``, ``variables`` |
``report``, ``clear``, and whom it is about: ``token``, ``token_type``, ``customer``,
``certificate``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.device.assembly import Kind
from apps.domain.command import Command
from apps.domain.commands import GetVariables
from apps.domain.device import (
    CustomerInformation,
    GetMonitoringReport,
    GetReport,
    ReadDeviceModel,
)
from apps.journal.masking import masked

Json = Mapping[str, Any]

KINDS: Mapping[type[Command], Kind] = {
    ReadDeviceModel: Kind.VARIABLES,
    GetReport: Kind.VARIABLES,
    GetVariables: Kind.VARIABLES,
    GetMonitoringReport: Kind.MONITORS,
    CustomerInformation: Kind.CUSTOMER,
}
NAMES = tuple(command.declared.name for command in KINDS)
_KEPT = (
    "base", "criteria", "variables", "report", "clear", "token", "token_type", "customer",
    "certificate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """One report. ``request_id`` None: it comes with the answer itself."""

    kind: Kind
    request_id: int | None
    asked: dict[str, Any]


def asks_of(command: type[Command] | None, parameters: Json, request: Any) -> list[Ask]:
    """The reports of a command, in the order of its calls; none where it asks for none.

    ``request``: the payload of its call, or ``{"parts": [payloads]}``.
    """
    kind = _kind(command, parameters)
    if kind is None:
        return []
    asked = _of_command(command, parameters)
    return [Ask(kind, _number(call), asked) for call in parts_of(request)]


def parts_of(payload: Any) -> list[Json]:
    """The payloads of a command's calls, or of their answers."""
    if not isinstance(payload, dict):
        return []
    parts = payload.get("parts")
    return [part for part in parts if isinstance(part, dict)] if parts else [payload]


def is_everything(asked: Json) -> bool:
    """Whether what a report does not name is no more."""
    if "base" in asked:
        return asked["base"] == "full"
    return not asked.get("criteria") and not asked.get("variables")


def _kind(command: type[Command] | None, parameters: Json) -> Kind | None:
    if command is None or (command is GetVariables and parameters.get("variables")):
        return None
    return KINDS.get(command)


def _of_command(command: type[Command] | None, parameters: Json) -> dict[str, Any]:
    if command is GetVariables:
        return {"base": "full"}
    asked: dict[str, Any] = masked({key: parameters[key] for key in _KEPT if parameters.get(key)})
    return asked


def _number(call: Json) -> int | None:
    number = call.get("requestId")
    return number if isinstance(number, int) else None
