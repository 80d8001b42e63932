"""Reservations in OCPP 2.0.1 (block H)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain.commands import Command
from apps.domain.events import Event, Noted
from apps.domain.instants import in_utc
from apps.domain.reservations import (
    CancelReservation,
    ReservationEnd,
    ReservationEnded,
    ReserveNow,
)
from apps.protocol.members import count

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _reserve(command: ReserveNow) -> Written:
    payload: Payload = {
        "id": command.reservation_id,
        "expiryDateTime": in_utc(command.expires_at),
        "idToken": {"idToken": command.token, "type": command.token_type or "ISO14443"},
    }
    if command.evse_id:
        payload["evseId"] = command.evse_id
    if command.connector_type:
        payload["connectorType"] = command.connector_type
    if command.group:
        payload["groupIdToken"] = {"idToken": command.group, "type": "Central"}
    return "ReserveNow", payload


def _cancel(command: CancelReservation) -> Written:
    return "CancelReservation", {"reservationId": command.reservation_id}


def _updated(payload: Payload, _received_at: datetime) -> Event:
    number = count(payload["reservationId"])
    if number is None:
        return Noted("ReservationStatusUpdate")
    return ReservationEnded(number, ReservationEnd(payload["reservationUpdateStatus"]))


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    CancelReservation: _cancel,
    ReserveNow: _reserve,
}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "ReservationStatusUpdate": _updated,
}
