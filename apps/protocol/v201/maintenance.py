"""Firmware, logs and monitors as OCPP 2.0.1 calls (L01, L02, N01, N04, N06)."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from apps.domain.command import Command
from apps.domain.instants import in_utc
from apps.domain.maintenance import ClearMonitors, GetLog, SetMonitors, UpdateFirmware
from apps.protocol import security_whitepaper
from apps.protocol.codec import Outcome
from apps.protocol.outbound import members, of_all, retrying

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _update(command: UpdateFirmware, request_id: int) -> Written:
    """``retrieveDateTime`` is required: at once where nobody said when."""
    firmware = {"location": command.location, "retrieveDateTime": in_utc(command.retrieve_at)}
    optional = {
        "installDateTime": command.install_at and in_utc(command.install_at),
        "signingCertificate": command.signing_certificate,
        "signature": command.signature,
    }
    firmware |= {name: value for name, value in optional.items() if value}
    payload: Payload = {"requestId": request_id, "firmware": firmware}
    return "UpdateFirmware", payload | retrying(command)


def _set(command: SetMonitors) -> Written:
    return "SetVariableMonitoring", {"setMonitoringData": list(command.monitors)}


def _clear(command: ClearMonitors) -> Written:
    return "ClearVariableMonitoring", {"id": list(command.ids)}


def monitor_key(item: Payload) -> Hashable:
    """No two monitors of one type on one variable in a message."""
    return f"{item.get('component')}|{item.get('variable')}|{item.get('type')}"


def _results(member: str) -> Callable[[Payload], Outcome]:
    """Accepted if all were; ``detail`` names the other verdicts."""

    def read(payload: Payload) -> Outcome:
        verdicts = [item.get("status") for item in members(payload.get(member))]
        return of_all(verdicts)

    return read


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    SetMonitors: _set,
    ClearMonitors: _clear,
}
NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {
    UpdateFirmware: _update,
    GetLog: security_whitepaper.log_out,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {
    "SetVariableMonitoring": _results("setMonitoringResult"),
    "ClearVariableMonitoring": _results("clearMonitoringResult"),
}
