"""Reservations: what we want of a station, and what it tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from apps.domain.authorization import token_problems
from apps.domain.command import Command, check
from apps.domain.events import Event


class ReservationEnd(StrEnum):
    """How a station ends a reservation by itself (2.0.1 ReservationUpdateStatusEnumType)."""

    EXPIRED = "Expired"
    REMOVED = "Removed"


@dataclass(frozen=True, slots=True)
class ReserveNow(Command):
    """An EVSE, a ``connector_type`` (2.0.1 ConnectorEnumType), or with neither any EVSE (H01).

    ``expires_at`` is RFC 3339. ``group`` may use it too; left out, it is the token's own.
    ``reservation_id`` is given by the system.
    """

    token: str
    expires_at: str
    token_type: str = ""
    group: str = ""
    evse_id: int | None = None
    connector_type: str = ""
    reservation_id: int = 0

    def __post_init__(self) -> None:
        check(token_problems(self.token))


@dataclass(frozen=True, slots=True)
class CancelReservation(Command):
    reservation_id: int


@dataclass(frozen=True, slots=True)
class ReservationEnded(Event):
    """The station let a reservation go (2.0.1 ReservationStatusUpdate, H04)."""

    reservation_id: int
    how: ReservationEnd


COMMANDS: Mapping[str, type[Command]] = {
    "reserve_now": ReserveNow,
    "cancel_reservation": CancelReservation,
}
