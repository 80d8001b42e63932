"""Reservations: what we want of a station, and what it tells of them."""

from dataclasses import dataclass
from enum import StrEnum

from apps.domain.authorization import token_problems
from apps.domain.command import Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import A_WHILE_S, ByAnswer, ByEvent, Followed, Json
from apps.domain.events import ConnectorStatusChanged, Event, SessionEvent
from apps.domain.permissions import Permission
from apps.domain.vocabulary import ConnectorStatus


class ReservationEnd(StrEnum):
    """How a station ends a reservation by itself (2.0.1 ReservationUpdateStatusEnumType)."""

    EXPIRED = "Expired"
    REMOVED = "Removed"


def _is_anywhere(given: Json, _request: Json) -> bool:
    """Without an EVSE none shows that it is held."""
    return not given.get("evse_id")


def _is_held_or_used(command: Followed, event: ConnectorStatusChanged | SessionEvent) -> str:
    """An EVSE that is held says so; whose session names the reservation has used it."""
    if isinstance(event, ConnectorStatusChanged):
        is_there = command.parameters.get("evse_id") == event.evse_id
        is_held = event.status is ConnectorStatus.RESERVED
        return "The station shows Reserved" if is_there and is_held else ""
    number = event.reservation_id
    is_ours = number is not None and number == command.parameters.get("reservation_id")
    return "A session used it" if is_ours else ""


@dataclass(frozen=True, slots=True)
class ReserveNow(Command):
    """An EVSE, a ``connector_type`` (2.0.1 ConnectorEnumType), or with neither any EVSE (H01).

    ``expires_at`` is RFC 3339. ``group`` may use it too; left out, it is the token's own.
    ``reservation_id`` is given by the system.
    """

    declared = Declaration(
        name="reserve_now", noun="Reserve now", title=always("Reserve now"),
        permission=Permission.HELP_DRIVER,
        confirmed_by=ByEvent(
            awaits="the EVSE to show Reserved", patience_s=None, late_s=A_WHILE_S,
            is_answer_enough=_is_anywhere,
            signs=(ConnectorStatusChanged, SessionEvent),
            shows=_is_held_or_used,
        ),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

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
    """Free what was held (H02)."""

    declared = Declaration(
        name="cancel_reservation", noun="Cancel reservation", title=always("Cancel reservation"),
        permission=Permission.HELP_DRIVER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SERVES, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    reservation_id: int


@dataclass(frozen=True, slots=True)
class ReservationEnded(Event):
    """The station let a reservation go (2.0.1 ReservationStatusUpdate, H04)."""

    reservation_id: int
    how: ReservationEnd
