"""Firmware, logs and monitors, in words of no particular OCPP version.

Instants are RFC 3339 text, as the caller wrote them. The command's own number is the requestId
under which the station reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain.command import Command

LOG_KINDS = ("diagnostics", "security")


@dataclass(frozen=True, slots=True)
class UpdateFirmware(Command):
    """Signed where ``signing_certificate`` and ``signature`` are given (L01), else not (L02)."""

    location: str
    retrieve_at: str = ""
    install_at: str | None = None
    signing_certificate: str | None = None
    signature: str | None = None
    retries: int | None = None
    retry_interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class GetLog(Command):
    """``kind``: diagnostics | security. Without ``location`` the file comes to us."""

    kind: str = "diagnostics"
    location: str = ""
    oldest_at: str | None = None
    latest_at: str | None = None
    retries: int | None = None
    retry_interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class SetMonitors(Command):
    """``monitors`` as in OCPP 2.0.1 SetVariableMonitoring."""

    monitors: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ClearMonitors(Command):
    """By the ids that the station gave them."""

    ids: tuple[int, ...]


COMMANDS: Mapping[str, type[Command]] = {
    "update_firmware": UpdateFirmware,
    "get_log": GetLog,
    "set_monitors": SetMonitors,
    "clear_monitors": ClearMonitors,
}
