"""A station at work: restarted, put in and out of service, asked for a message, or any call."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Annotated, Any

from apps.domain.certificates import CertificateRequested
from apps.domain.command import Command, Declaration, WhilePending, with_mode
from apps.domain.confirmation import (
    A_WHILE_S,
    LASTING_S,
    NOT_LATE_S,
    ByEvent,
    Followed,
    Json,
    Unconfirmed,
    never,
)
from apps.domain.events import (
    CommandAnswered,
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


def _booted(command: Followed, event: StationBooted | ConnectorStatusChanged) -> str:
    """An EVSE that is reset alone boots nothing, but tells its status anew (2.0.1 B11)."""
    if isinstance(event, StationBooted):
        return "The station booted"
    evse_id = command.parameters.get("evse_id")
    return f"EVSE {evse_id} shows {event.status.value}" if evse_id == event.evse_id else ""


def _came(command: Followed, event: Event) -> str:
    """The message that was asked for, of the place of which it was asked."""
    kinds = _TRIGGERED.get(command.parameters["message"], ())
    place = getattr(event, "evse_id", None), getattr(event, "connector_id", None)
    is_it = isinstance(event, kinds) and _is_at(*_named(command.parameters), *place)
    return "The message came" if is_it else ""


def _is_available(command: Followed, event: ConnectorStatusChanged | CommandAnswered) -> str:
    """All that was named must show it, now or already; where a car charges, its turn is to come."""
    operative, named = command.parameters["operative"], _named(command.parameters)
    here = {
        ConnectorStatus(status)
        for place, status in command.places.items()
        if _is_at(*named, *place)
    } - {ConnectorStatus.UNKNOWN}
    if isinstance(event, CommandAnswered):
        is_so = event.status == "accepted" and event.detail != "Scheduled" and bool(here)
        return "Its connectors show it already" if is_so and _all_are(here, operative) else ""
    if not _is_at(*named, event.evse_id, event.connector_id):
        return ""
    if event.evse_id == 0:  # the station speaks for itself, but not for a car that charges
        here &= _BUSY
    shows = _all_are(here | {event.status}, operative)
    return f"The station shows {event.status.value}" if shows else ""


def _all_are(shown: Set[ConnectorStatus], operative: bool) -> bool:
    return all((status is not ConnectorStatus.UNAVAILABLE) == operative for status in shown)


def _named(given: Json) -> tuple[int, int]:
    """EVSE and connector of a command, 0 for any; a connector that stands alone is its own EVSE."""
    evse_id, connector_id = given.get("evse_id") or 0, given.get("connector_id") or 0
    return (evse_id, connector_id) if evse_id else (connector_id, 0)


def _is_at(evse_id: int, connector_id: int, evse: int | None, connector: int | None) -> bool:
    """Whether a place may be what was named; ``evse`` None and ``connector`` 0 name no other."""
    is_evse = evse is None or evse_id in (0, evse)
    return is_evse and connector_id in (0, connector or connector_id)


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
            awaits="the station to boot", patience_s=None, late_s=A_WHILE_S,
            is_answer_enough=never,
            signs=(StationBooted, ConnectorStatusChanged),
            shows=_booted,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    mode: Annotated[str, OneOf(RESET_MODES)] = "on_idle"
    evse_id: int | None = None

    @property
    def interrupts(self) -> bool:
        return self.mode == "immediate"


@dataclass(frozen=True, slots=True)
class ChangeAvailability(Command):
    """No EVSE: the whole station. ``operative`` False takes it out of service."""

    declared = Declaration(
        name="change_availability", noun="Change availability", title=_availability,
        permission=Permission.OPERATE,
        confirmed_by=ByEvent(
            awaits="the new status", patience_s=None, late_s=LASTING_S,
            is_answer_enough=never,
            signs=(ConnectorStatusChanged, CommandAnswered),
            shows=_is_available,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=True,
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
            awaits="the message", patience_s=None, late_s=NOT_LATE_S,
            is_answer_enough=never,
            signs=_OF_TRIGGERS,
            shows=_came,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=True,
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
        while_pending=WhilePending.AS_CALLED, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    action: str
    payload: dict[str, Any]
