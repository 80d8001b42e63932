"""Reads: reservations of the actor's organisation, newest first."""

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.reservations.life import OPEN
from apps.reservations.models import Reservation
from ocpp_platform.scope import scoped


def list_reservations(
    actor: Actor, *, station_id: int | None = None, state: str = ""
) -> QuerySet[Reservation]:
    """``state``: one of Life, or "open"."""
    found = scoped(Reservation, actor)
    if station_id is not None:
        found = found.filter(station_id=station_id)
    if state:
        found = found.filter(state__in=OPEN if state == "open" else (state,))
    return found.select_related("station").order_by("-created_at", "-id")


def get_reservation(actor: Actor, reservation_id: int) -> Reservation:
    """The reservation, or Reservation.DoesNotExist: also where it is somebody else's."""
    return list_reservations(actor).get(pk=reservation_id)
