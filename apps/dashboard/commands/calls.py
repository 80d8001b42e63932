"""What goes out as it is given: data transfers and calls by name."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen
from apps.dashboard.forms.commands import RawForm
from apps.dashboard.forms.transfers import TransferForm
from apps.domain.operation import RawCall
from apps.domain.transfers import TransferData

SCREENS = (
    Screen(
        command=TransferData, form=TransferForm, tab="",
        offers=(
            Offer(
                label="Transfer data…", icon="arrow-left-right", danger=2,
                help="What its maker agreed on beside OCPP.",
                preset={}, effect=Effect.NONE, places=(Menu.ENGINEERING,),
            ),
        ),
    ),
    Screen(
        command=RawCall, form=RawForm, tab="",
        offers=(
            Offer(
                label="Send any OCPP call…", icon="terminal", danger=2,
                help="By name and payload.",
                preset={}, effect=Effect.NONE, places=(Menu.ENGINEERING,),
            ),
        ),
    ),
)  # fmt: skip
