"""What an OCPP 2.0.1 station says, as events. Payloads are valid, or as a form gives them.

A TransactionEvent is read by its eventType alone; whether it fits what came before is for
the session to judge, because events come late, twice and out of order.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain.events import (
    ConnectorStatusChanged,
    DataTransferred,
    Event,
    FirmwareProgressed,
    HeartbeatReceived,
    LogProgressed,
    Noted,
    SamplesTaken,
    SecurityEventReported,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    SessionUpdated,
    StationBooted,
)
from apps.domain.vocabulary import ChargingState, ConnectorStatus
from apps.protocol import metering
from apps.protocol.members import count, instant, moment, positive, text, token
from apps.protocol.v201 import (
    certificates,
    device,
    display,
    power,
    publishing,
    reports,
    reservations,
)
from apps.protocol.v201.phases import phase_of

_LONGEST_KEY = 120

_PHASES: Mapping[str, type[SessionEvent]] = {
    "Started": SessionStarted,
    "Updated": SessionUpdated,
    "Ended": SessionEnded,
}
_STATES = {state.value: state for state in ChargingState}

Payload = dict[str, Any]


def read(action: str, payload: Payload, received_at: datetime) -> Event:
    """The event of a station's call; Noted where it has no further meaning yet."""
    reader = _READERS.get(action)
    return reader(payload, received_at) if reader else Noted(action)


def _transaction_event(payload: Payload, received_at: datetime) -> Event:
    info = payload["transactionInfo"]
    evse = payload.get("evse", {})
    kind = phase_of(payload)
    more = {"stop_reason": info.get("stoppedReason", "Local")} if kind == "Ended" else {}
    said, unread = moment(payload["timestamp"], received_at), list[str]()
    told = payload.get("meterValue", ())
    readings = metering.samples(told, received_at, unread, said)
    unread += metering.left_out(told, readings)
    when = metering.told_with(said, readings)
    if kind == "Started" and not info.get("transactionId"):
        more["natural_key"] = _natural_key(payload)
    return _PHASES[kind](
        at=when.at,
        is_trusted=when.is_trusted,
        said_at=when.said_at,
        transaction_id=info.get("transactionId") or None,
        seq=count(payload.get("seqNo")),
        evse_id=positive(evse.get("id")),
        connector_id=positive(evse.get("connectorId")),
        token=token(payload.get("idToken")),
        charging_state=_STATES.get(info.get("chargingState")),
        trigger=payload.get("triggerReason", ""),
        remote_start_id=count(info.get("remoteStartId")),
        reservation_id=positive(payload.get("reservationId")),
        is_offline=payload.get("offline", False),
        samples=readings,
        unread=tuple(unread),
        **more,
    )


def _natural_key(payload: Payload) -> str:
    """Of a start that names no transaction, so that one sent again is no second; "" as in 1.6."""
    evse, card = payload.get("evse") or {}, token(payload.get("idToken"))
    began = payload.get("timestamp") or ""
    uid = card.uid.lower() if card else ""
    key = f"{evse.get('id')}|{uid}|{began}|{payload.get('seqNo')}"
    return key[:_LONGEST_KEY] if began else ""


def _boot(payload: Payload, _received_at: datetime) -> Event:
    station = payload["chargingStation"]
    return StationBooted(
        vendor=text(station, "vendorName"),
        model=text(station, "model"),
        serial_number=text(station, "serialNumber"),
        firmware=text(station, "firmwareVersion"),
        reason=payload["reason"],
    )


def _heartbeat(_payload: Payload, _received_at: datetime) -> Event:
    return HeartbeatReceived()


def _status(payload: Payload, received_at: datetime) -> Event:
    evse_id, connector_id = count(payload["evseId"]), count(payload["connectorId"])
    if evse_id is None or connector_id is None:
        return Noted("StatusNotification")
    status = ConnectorStatus(payload["connectorStatus"])
    at = instant(payload["timestamp"], received_at)
    return ConnectorStatusChanged(evse_id, connector_id, status, at)


def _meter_values(payload: Payload, received_at: datetime) -> Event:
    evse_id = count(payload["evseId"])
    if evse_id is None:
        return Noted("MeterValues")
    unread: list[str] = []
    samples = metering.samples(payload["meterValue"], received_at, unread)
    return SamplesTaken(evse_id, samples, unread=tuple(unread))


def _firmware(payload: Payload, _received_at: datetime) -> Event:
    return FirmwareProgressed(payload["status"], count(payload.get("requestId")))


def _log(payload: Payload, _received_at: datetime) -> Event:
    return LogProgressed(payload["status"], count(payload.get("requestId")))


def _security_event(payload: Payload, received_at: datetime) -> Event:
    at = instant(payload["timestamp"], received_at)
    return SecurityEventReported(text(payload, "type"), at, text(payload, "techInfo"))


def _data_transfer(payload: Payload, _received_at: datetime) -> Event:
    return DataTransferred(
        text(payload, "vendorId"), text(payload, "messageId"), payload.get("data")
    )


_READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "BootNotification": _boot,
    "DataTransfer": _data_transfer,
    "FirmwareStatusNotification": _firmware,
    "Heartbeat": _heartbeat,
    "LogStatusNotification": _log,
    "MeterValues": _meter_values,
    "NotifyEvent": reports.events,
    "NotifyReport": reports.variables,
    "SecurityEventNotification": _security_event,
    "StatusNotification": _status,
    "TransactionEvent": _transaction_event,
    **display.READERS,
    **device.READERS,
    **power.READERS,
    **publishing.READERS,
    **reservations.READERS,
    **certificates.READERS,
}
