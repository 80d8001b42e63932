"""The reservations of a station, in words."""

from dataclasses import dataclass

from apps.accounts.models import Actor
from apps.reservations import selectors as reservations
from apps.reservations.life import OPEN, Life
from apps.reservations.models import Reservation
from apps.stations.models import Station

_LIVES: dict[str, tuple[str, str]] = {
    Life.PENDING: ("plugged", "clock"),
    Life.ACCEPTED: ("ok", "lock"),
    Life.REFUSED: ("faulted", "ban"),
    Life.USED: ("charging", "zap"),
    Life.EXPIRED: ("offline", "hourglass"),
    Life.REMOVED: ("paused", "minus"),
    Life.CANCELLED: ("offline", "circle-x"),
}


@dataclass(frozen=True, slots=True)
class ReservationLine:
    made: Reservation
    place: str
    tone: str
    icon: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ReservationSheet:
    station: Station
    lines: list[ReservationLine]
    key: str

    @property
    def topics(self) -> frozenset[str]:
        return frozenset({f"station:{self.key}"})


def reservation_sheet(actor: Actor, station: Station) -> ReservationSheet:
    """The latest reservations of a station; what is open first."""
    found = reservations.list_reservations(actor, station_id=station.pk)[:50]
    lines = [_reservation(made) for made in found]
    lines.sort(key=lambda line: not line.is_open)
    return ReservationSheet(station, lines, str(station.pk))


def _reservation(made: Reservation) -> ReservationLine:
    tone, icon = _LIVES[made.state]
    return ReservationLine(made, _place(made), tone, icon, made.state in OPEN)


def _place(made: Reservation) -> str:
    if made.evse_id:
        return f"EVSE {made.evse_id}"
    return made.connector_type or "Any EVSE"
