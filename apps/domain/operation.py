"""A station at work: restarted, put in and out of service, asked for a message, or any call."""

from dataclasses import dataclass
from typing import Annotated, Any

from apps.domain.certificates import CertificateRequested
from apps.domain.command import Command, Declaration, WhilePending, with_mode
from apps.domain.confirmation import ByEvent, Followed, Json, Unconfirmed, never
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    FirmwareProgressed,
    HeartbeatReceived,
    LogProgressed,
    SamplesTaken,
    SecurityEventReported,
    SessionEvent,
    StationBooted,
)
from apps.domain.parameters import OneOf
from apps.domain.permissions import Permission
from apps.domain.publishing import PublishProgressed
from apps.domain.vocabulary import ConnectorStatus

RESET_MODES = ("immediate", "on_idle")
_TRIGGERED: dict[str, tuple[type[Event], ...]] = {
    "BootNotification": (StationBooted,),
    "Heartbeat": (HeartbeatReceived,),
    "StatusNotification": (ConnectorStatusChanged,),
    "MeterValues": (SamplesTaken, SessionEvent),
    "TransactionEvent": (SessionEvent,),
    "FirmwareStatusNotification": (FirmwareProgressed,),
    "PublishFirmwareStatusNotification": (PublishProgressed,),
    "LogStatusNotification": (LogProgressed,),
    "DiagnosticsStatusNotification": (LogProgressed,),
    "SecurityEventNotification": (SecurityEventReported,),
    "SignChargePointCertificate": (CertificateRequested,),
    "SignChargingStationCertificate": (CertificateRequested,),
    "SignV2GCertificate": (CertificateRequested,),
}
_OF_TRIGGERS = tuple({kind for kinds in _TRIGGERED.values() for kind in kinds})
_BUSY = frozenset({
    ConnectorStatus.PREPARING, ConnectorStatus.CHARGING, ConnectorStatus.SUSPENDED_EV,
    ConnectorStatus.SUSPENDED_EVSE, ConnectorStatus.FINISHING, ConnectorStatus.OCCUPIED,
})  # fmt: skip


def _booted(_command: Followed, _event: StationBooted) -> str:
    return "The station booted"


def _came(command: Followed, event: Event) -> str:
    kinds = _TRIGGERED.get(command.parameters["message"], ())
    return "The message came" if isinstance(event, kinds) else ""


def _is_available(command: Followed, event: ConnectorStatusChanged) -> str:
    """All that was named must show it; where a car charges, its turn is yet to come."""
    given = command.parameters
    evse_id, connector_id = given.get("evse_id") or 0, given.get("connector_id") or 0
    if not evse_id:  # a connector that stands alone is its own EVSE
        evse_id, connector_id = connector_id, 0
    is_elsewhere = connector_id and event.connector_id not in (0, connector_id)
    if evse_id not in (0, event.evse_id) or is_elsewhere:
        return ""
    here = {
        ConnectorStatus(status)
        for (evse, connector), status in command.places.items()
        if evse_id in (0, evse) and connector_id in (0, connector)
    } - {ConnectorStatus.UNKNOWN}
    if event.evse_id == 0:  # the station speaks for itself, but not for a car that charges
        here &= _BUSY
    shows = all(_is_out(status) != given["operative"] for status in here | {event.status})
    return f"The station shows {event.status.value}" if shows else ""


def _is_out(status: ConnectorStatus) -> bool:
    return status is ConnectorStatus.UNAVAILABLE


def _availability(given: Json) -> str:
    return "Put in service" if given.get("operative") else "Take out of service"


def _asked_for(given: Json) -> str:
    return f"Ask for {given.get('message', 'a message')}"


def _action(given: Json) -> str:
    return str(given.get("action", "Raw call"))


@dataclass(frozen=True, slots=True)
class ResetStation(Command):
    """``mode``: "immediate" (1.6 Hard) or "on_idle" (1.6 Soft)."""

    declared = Declaration(
        name="reset", noun="Reset", title=with_mode("Reset"),
        permission=Permission.OPERATE,
        confirmed_by=ByEvent(
            awaits="the station to boot", patience_s=None, is_lasting=False,
            is_answer_enough=never,
            signs=(StationBooted,),
            shows=_booted,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False,
    )  # fmt: skip

    mode: Annotated[str, OneOf(RESET_MODES)] = "on_idle"
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeAvailability(Command):
    """No EVSE: the whole station. ``operative`` False takes it out of service."""

    declared = Declaration(
        name="change_availability", noun="Change availability", title=_availability,
        permission=Permission.OPERATE,
        confirmed_by=ByEvent(
            awaits="the new status", patience_s=None, is_lasting=True,
            is_answer_enough=never,
            signs=(ConnectorStatusChanged,),
            shows=_is_available,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False,
    )  # fmt: skip

    operative: bool
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class TriggerMessage(Command):
    """``message``: the OCPP name of the message that the station shall send."""

    declared = Declaration(
        name="trigger_message", noun="Question", title=_asked_for,
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByEvent(
            awaits="the message", patience_s=None, is_lasting=False,
            is_answer_enough=never,
            signs=_OF_TRIGGERS,
            shows=_came,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False,
    )  # fmt: skip

    message: str
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class RawCall(Command):
    """Any OCPP call of the connected version, already checked against its schema."""

    declared = Declaration(
        name="raw_call", noun="Raw call", title=_action,
        permission=Permission.ENGINEER,
        confirmed_by=Unconfirmed(),
        while_pending=WhilePending.AS_CALLED, limited_as="", is_stepwise=False,
    )  # fmt: skip

    action: str
    payload: dict[str, Any]
