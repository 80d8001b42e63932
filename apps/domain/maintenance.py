"""Firmware, logs and monitors, in words of no particular OCPP version.

Instants are RFC 3339 text with a zone; they are told in UTC. The command's own number is the
requestId under which the station reports.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from apps.domain.addresses import address_problems
from apps.domain.command import Command, Declaration, WhilePending, always, check, list_problems
from apps.domain.confirmation import HOUR_S, LASTING_S, ByAnswer, ByWork, never
from apps.domain.events import Event, FirmwareProgressed, LogProgressed
from apps.domain.instants import instant_problems
from apps.domain.parameters import OneOf
from apps.domain.permissions import Permission

LOG_KINDS = ("diagnostics", "security")


@dataclass(frozen=True, slots=True)
class FirmwareChanged(Event):
    """A station booted with another firmware than before, whatever it told of an update."""

    before: str
    after: str

    def __str__(self) -> str:
        return f"It booted with firmware {self.after}, before with {self.before}"


@dataclass(frozen=True, slots=True)
class UpdateFirmware(Command):
    """Signed where ``signing_certificate`` and ``signature`` are given (L01), else not (L02)."""

    declared = Declaration(
        name="update_firmware", noun="Update firmware", title=always("Update firmware"),
        permission=Permission.ENGINEER,
        confirmed_by=ByWork(
            awaits="the station to report", patience_s=24 * HOUR_S, late_s=LASTING_S,
            is_answer_enough=never,
            reports=FirmwareProgressed,
            done={"Installed": "The firmware is installed"},
            begins=("retrieve_at", "install_at"),
            proofs=(FirmwareChanged,),
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

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

    declared = Declaration(
        name="get_log", noun="Get log", title=always("Get log"),
        permission=Permission.OPERATE,
        confirmed_by=ByWork(
            awaits="the station to upload", patience_s=2 * HOUR_S, late_s=LASTING_S,
            is_answer_enough=never,
            reports=LogProgressed,
            done={"Uploaded": "The file was uploaded"},
            begins=(),
            proofs=(),
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    kind: Annotated[str, OneOf(LOG_KINDS)] = "diagnostics"
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

    declared = Declaration(
        name="set_monitors", noun="Set monitors", title=always("Set monitors"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="SetVariableMonitoring", is_stepwise=False,
        is_for_many=False,
    )  # fmt: skip

    monitors: tuple[dict[str, Any], ...]

    def __post_init__(self) -> None:
        check(list_problems(monitors=self.monitors))


@dataclass(frozen=True, slots=True)
class ClearMonitors(Command):
    """By the ids that the station gave them."""

    declared = Declaration(
        name="clear_monitors", noun="Clear monitors", title=always("Clear monitors"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="ClearVariableMonitoring", is_stepwise=False,
        is_for_many=False,
    )  # fmt: skip

    ids: tuple[int, ...]

    def __post_init__(self) -> None:
        check(list_problems(ids=self.ids))
