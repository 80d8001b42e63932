"""Reservations."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen
from apps.dashboard.forms.reservations import CancelForm, ReserveForm
from apps.domain.reservations import CancelReservation, ReserveNow

SCREENS = (
    Screen(
        command=ReserveNow, form=ReserveForm, tab="reservations",
        offers=(
            Offer(
                label="Reserve…", icon="calendar-clock", danger=1,
                help="Holds an EVSE for one driver or group.",
                preset={}, effect=Effect.NONE, places=(Menu.DRIVER,),
            ),
        ),
    ),
    Screen(
        command=CancelReservation, form=CancelForm, tab="reservations",
        offers=(
            Offer(
                label="Cancel a reservation", icon="calendar-x", danger=1,
                help="Frees what was reserved.",
                preset={}, effect=Effect.NONE, places=(),
            ),
        ),
    ),
)  # fmt: skip
