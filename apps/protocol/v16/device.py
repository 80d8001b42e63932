"""The device model of OCPP 1.6 is its configuration keys: all of them, or some by name."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.command import Command
from apps.domain.commands import RawCall, SetVariables
from apps.domain.device import (
    CustomerInformation,
    GetMonitoringReport,
    GetReport,
    ReadDeviceModel,
    SetMonitoringBase,
    SetMonitoringLevel,
    VariableSet,
)
from apps.domain.events import VariableValue
from apps.domain.maintenance import ClearMonitors, SetMonitors
from apps.protocol.codec import Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import plain_outcome

Payload = dict[str, Any]
Written = tuple[str, Payload]

_NO_MONITORS = "OCPP 1.6 has no monitors; a station with OCPP 2.0.1 has"
_TAKEN = ("Accepted", "RebootRequired")


def key_of(item: Payload) -> str:
    """The configuration key of ``{"key": …}`` or ``{"variable": {"name": …}}``."""
    variable = item.get("variable")
    key = item.get("key") or (variable.get("name") if isinstance(variable, dict) else None)
    if not isinstance(key, str):
        raise CannotEncode("a variable of OCPP 1.6 is named by its key")
    return key


def _everything(command: ReadDeviceModel) -> Written:
    if command.base != "full":
        raise CannotEncode("OCPP 1.6 has one report only, of everything: ask for 'full'")
    return "GetConfiguration", {}


def _report(command: GetReport) -> Written:
    if command.criteria:
        raise CannotEncode("OCPP 1.6 knows no criteria of a report; name the keys")
    return "GetConfiguration", {"key": [key_of(item) for item in command.variables]}


def changed(command: Command, answer: Payload) -> Outcome:
    """ChangeConfiguration tells its verdict alone: which key it was is in the call."""
    plain = plain_outcome(answer)
    status = answer.get("status")
    key = _set_key(command)
    if status not in _TAKEN or not key:
        return plain
    taken = VariableSet(VariableValue("", key, None), status == "RebootRequired")
    return Outcome(plain.status, plain.detail, facts=(taken,))


def _set_key(command: Command) -> str:
    if isinstance(command, SetVariables) and len(command.variables) == 1:
        return key_of(command.variables[0])
    return str(command.payload.get("key", "")) if isinstance(command, RawCall) else ""


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    GetReport: _report,
    ReadDeviceModel: _everything,
}
# Why a station of this version is never told them, where more than "it has no such" helps.
REASONS: Mapping[type[Command], str] = {
    ClearMonitors: _NO_MONITORS,
    CustomerInformation: "A station with OCPP 1.6 cannot say what it knows of a customer; its local"
    " list and its cache can be changed",
    GetMonitoringReport: _NO_MONITORS,
    SetMonitoringBase: _NO_MONITORS,
    SetMonitoringLevel: _NO_MONITORS,
    SetMonitors: _NO_MONITORS,
}
