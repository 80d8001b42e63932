"""Firmware and logs as OCPP 1.6 calls: the plain ones, and those of the security extension."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.command import Command
from apps.domain.instants import in_utc
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.protocol import security_whitepaper
from apps.protocol.codec import Outcome
from apps.protocol.outbound import retrying

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _update(command: UpdateFirmware, request_id: int) -> Written:
    """Signed firmware has a call of its own; the plain one knows no time of installation."""
    if command.signing_certificate and command.signature:
        firmware = {
            "location": command.location,
            "retrieveDateTime": in_utc(command.retrieve_at),
            "signingCertificate": command.signing_certificate,
            "signature": command.signature,
        }
        if command.install_at:
            firmware["installDateTime"] = in_utc(command.install_at)
        signed: Payload = {"requestId": request_id, "firmware": firmware}
        return "SignedUpdateFirmware", signed | retrying(command)
    plain: Payload = {"location": command.location, "retrieveDate": in_utc(command.retrieve_at)}
    return "UpdateFirmware", plain | retrying(command)


def _log(command: GetLog, request_id: int) -> Written:
    """Diagnostics are asked for as every 1.6 station knows it, the security log as WP4 does."""
    if command.kind == "security":
        return security_whitepaper.log_out(command, request_id)
    window = {"startTime": command.oldest_at, "stopTime": command.latest_at}
    plain: Payload = {"location": command.location}
    plain |= {name: in_utc(value) for name, value in window.items() if value}
    return "GetDiagnostics", plain | retrying(command)


def _diagnostics(payload: Payload) -> Outcome:
    """No file name: there is nothing to upload (§5.9)."""
    name = payload.get("fileName")
    if isinstance(name, str) and name:
        return Outcome("accepted", name)
    return Outcome("rejected", "Nothing to upload")


NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {
    UpdateFirmware: _update,
    GetLog: _log,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {
    "GetDiagnostics": _diagnostics,
}
