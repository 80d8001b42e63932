"""What a command was for, in the life of a session. Pure."""

from enum import StrEnum
from typing import TYPE_CHECKING

from apps.domain.charging import StartSession, StopSession, UnlockConnector
from apps.domain.operation import ChangeAvailability, ResetStation
from apps.domain.power import ClearChargingProfile, SetChargingProfile
from apps.domain.profiles import ChargingProfile, Reader, read_profile

if TYPE_CHECKING:
    from apps.commands.models import CommandRow


class Order(StrEnum):
    START = "start"
    STOP = "stop"
    UNLOCK = "unlock"
    RESTART = "restart"
    SERVICE = "service"
    LIMIT = "limit"
    UNLIMIT = "unlimit"


_ORDERS = {
    StartSession: Order.START,
    StopSession: Order.STOP,
    UnlockConnector: Order.UNLOCK,
    ResetStation: Order.RESTART,
    ChangeAvailability: Order.SERVICE,
    SetChargingProfile: Order.LIMIT,
    ClearChargingProfile: Order.UNLIMIT,
}


_LIMITING = (Order.LIMIT, Order.START)


def order_of(row: "CommandRow") -> Order | None:
    """None: it changes nothing of a session."""
    return _ORDERS.get(row.kind) if row.kind else None


def profile_of(row: "CommandRow") -> ChargingProfile | None:
    """The limit that it sets, where it sets one; a start may bring its own."""
    given = row.parameters.get("profile") or row.parameters.get("charging_profile")
    return read_profile(given, Reader()) if given and order_of(row) in _LIMITING else None
