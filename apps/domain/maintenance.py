"""Firmware, logs and monitors, in words of no particular OCPP version.

Instants are RFC 3339 text with a zone; they are told in UTC. The command's own number is the
requestId under which the station reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain.addresses import address_problems
from apps.domain.command import Command, check, list_problems
from apps.domain.instants import instant_problems

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

    def __post_init__(self) -> None:
        problems = address_problems(location=self.location)
        problems += instant_problems(retrieve_at=self.retrieve_at, install_at=self.install_at)
        if bool(self.signing_certificate) != bool(self.signature):
            problems.append("Give 'signing_certificate' and 'signature', or neither")
        check(problems)


@dataclass(frozen=True, slots=True)
class GetLog(Command):
    """``kind``: diagnostics | security. Without ``location`` the file comes to us."""

    kind: str = "diagnostics"
    location: str = ""
    oldest_at: str | None = None
    latest_at: str | None = None
    retries: int | None = None
    retry_interval_s: int | None = None

    def __post_init__(self) -> None:
        problems = instant_problems(oldest_at=self.oldest_at, latest_at=self.latest_at)
        if self.location:
            problems += address_problems(location=self.location)
        check(problems)


@dataclass(frozen=True, slots=True)
class SetMonitors(Command):
    """``monitors`` as in OCPP 2.0.1 SetVariableMonitoring."""

    monitors: tuple[dict[str, Any], ...]

    def __post_init__(self) -> None:
        check(list_problems(monitors=self.monitors))


@dataclass(frozen=True, slots=True)
class ClearMonitors(Command):
    """By the ids that the station gave them."""

    ids: tuple[int, ...]

    def __post_init__(self) -> None:
        check(list_problems(ids=self.ids))


COMMANDS: Mapping[str, type[Command]] = {
    "update_firmware": UpdateFirmware,
    "get_log": GetLog,
    "set_monitors": SetMonitors,
    "clear_monitors": ClearMonitors,
}
