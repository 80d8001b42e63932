"""Reservations in OCPP 1.6 (§5.1, §5.13): of a connector, or of any (connector 0)."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.commands import Command
from apps.domain.instants import in_utc
from apps.domain.reservations import CancelReservation, ReserveNow
from apps.protocol.errors import CannotEncode
from apps.protocol.v16.answers import MAX_TAG

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _reserve(command: ReserveNow) -> Written:
    if command.connector_type:
        raise CannotEncode("OCPP 1.6 reserves a connector or any, never a type of connector")
    payload: Payload = {
        "connectorId": command.evse_id or 0,
        "expiryDate": in_utc(command.expires_at),
        "idTag": command.token,
        "reservationId": command.reservation_id,
    }
    if command.group and len(command.group) <= MAX_TAG:
        payload["parentIdTag"] = command.group
    return "ReserveNow", payload


def _cancel(command: CancelReservation) -> Written:
    return "CancelReservation", {"reservationId": command.reservation_id}


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    CancelReservation: _cancel,
    ReserveNow: _reserve,
}
