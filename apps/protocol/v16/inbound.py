"""What an OCPP 1.6 charge point says, as events. Payloads are valid, or as a form gives them.

Connector N is EVSE N with connector 1. An energy transfer is a StartTransaction, some
MeterValues and a StopTransaction; ids that stand for "unknown" are read as None.
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
    SessionStarted,
    StationBooted,
    Token,
    TokenPresented,
)
from apps.domain.vocabulary import ConnectorStatus, SampleContext
from apps.protocol import metering
from apps.protocol.kinds import MAX_INT64
from apps.protocol.members import count, instant, moment, positive, text, token
from apps.protocol.v16 import certificates

UNKNOWN_TRANSACTIONS = frozenset({0, -1, 2**31 - 1, 2**63 - 1})
MAX_MOMENT = 40
_NO_TEXT = frozenset({"NoError", "null"})

Payload = dict[str, Any]


def read(action: str, payload: Payload, received_at: datetime) -> Event:
    """The event of a station's call; Noted where it has no further meaning yet."""
    reader = _READERS.get(action)
    return reader(payload, received_at) if reader else Noted(action)


def _boot(payload: Payload, _received_at: datetime) -> Event:
    serial = text(payload, "chargePointSerialNumber") or text(payload, "chargeBoxSerialNumber")
    return StationBooted(
        vendor=text(payload, "chargePointVendor"),
        model=text(payload, "chargePointModel"),
        serial_number=serial,
        firmware=text(payload, "firmwareVersion"),
    )


def _heartbeat(_payload: Payload, _received_at: datetime) -> Event:
    return HeartbeatReceived()


def _status(payload: Payload, received_at: datetime) -> Event:
    connector = count(payload["connectorId"])
    if connector is None:
        return Noted("StatusNotification")
    return ConnectorStatusChanged(
        evse_id=connector,
        connector_id=1 if connector else 0,
        status=ConnectorStatus(payload["status"]),
        at=instant(payload.get("timestamp"), received_at),
        error_code=_words(payload, "errorCode"),
        info=_words(payload, "info"),
        vendor_error_code=_words(payload, "vendorErrorCode"),
    )


def _authorize(payload: Payload, _received_at: datetime) -> Event:
    return TokenPresented(Token(payload["idTag"]))


def _start(payload: Payload, received_at: datetime) -> Event:
    when = moment(payload["timestamp"], received_at)
    connector = positive(payload.get("connectorId"))
    card, unread = token(payload.get("idTag")), list[str]()
    first = metering.register(when, SampleContext.BEGIN, payload, "meterStart", unread)
    return SessionStarted(
        at=when.at,
        is_trusted=when.is_trusted,
        said_at=when.said_at,
        evse_id=connector,
        connector_id=1 if connector else None,
        token=card,
        reservation_id=positive(payload.get("reservationId")),
        samples=first,
        unread=tuple(unread),
        natural_key=_natural_key(connector, card, payload["timestamp"], payload.get("meterStart")),
    )


def _natural_key(connector: int | None, card: Token | None, began: str, meter_start: Any) -> str:
    """ "" where no time is told: two starts are not one because nobody knows when they were."""
    uid = card.uid.lower() if card else ""
    return f"{connector}|{uid}|{began[:MAX_MOMENT]}|{meter_start}" if began else ""


def _stop(payload: Payload, received_at: datetime) -> Event:
    said, unread = moment(payload["timestamp"], received_at), list[str]()
    data = metering.samples(payload.get("transactionData", ()), received_at, unread, said)
    when = metering.told_with(said, data)
    last = metering.register(when, SampleContext.END, payload, "meterStop", unread)
    return SessionEnded(
        at=when.at,
        is_trusted=when.is_trusted,
        said_at=when.said_at,
        transaction_id=_transaction(payload),
        token=token(payload.get("idTag")),
        samples=data + last,
        unread=tuple(unread),
        stop_reason=payload.get("reason", "Local"),
    )


def _meter_values(payload: Payload, received_at: datetime) -> Event:
    connector, transaction_id = count(payload["connectorId"]), _transaction(payload)
    if connector is None and transaction_id is None:
        return Noted("MeterValues")
    unread: list[str] = []
    samples = metering.samples(payload["meterValue"], received_at, unread)
    return SamplesTaken(connector or 0, samples, transaction_id, tuple(unread))


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


def _transaction(payload: Payload) -> str | None:
    """The transaction id as text, or None where it is a sentinel."""
    number = payload.get("transactionId")
    if number is None or number in UNKNOWN_TRANSACTIONS or abs(number) > MAX_INT64:
        return None
    return str(int(number))


def _words(payload: Payload, name: str) -> str:
    """A descriptive text; some stations spell its absence out."""
    value = text(payload, name)
    return "" if value in _NO_TEXT else value


_READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "DataTransfer": _data_transfer,
    "DiagnosticsStatusNotification": _log,
    "FirmwareStatusNotification": _firmware,
    "Heartbeat": _heartbeat,
    "LogStatusNotification": _log,
    "MeterValues": _meter_values,
    "SecurityEventNotification": _security_event,
    "SignedFirmwareStatusNotification": _firmware,
    "StartTransaction": _start,
    "StatusNotification": _status,
    "StopTransaction": _stop,
    **certificates.READERS,
}
