"""Sessions by command."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen, of_the_system
from apps.dashboard.forms.commands import StartForm, StopForm, UnlockForm
from apps.domain.charging import GetTransactionStatus, StartSession, StopSession, UnlockConnector

SCREENS = (
    Screen(
        command=StartSession, form=StartForm, tab="",
        offers=(
            Offer(
                label="Start a session", icon="play", danger=1,
                help="For a driver whose card or app does not work.",
                preset={}, effect=Effect.NONE, places=(Menu.DRIVER,),
            ),
        ),
    ),
    Screen(
        command=StopSession, form=StopForm, tab="",
        offers=(
            Offer(
                label="Stop the session", icon="square", danger=2,
                help="Ends the charging session and frees the cable.",
                preset={}, effect=Effect.ENDS, places=(),
            ),
        ),
    ),
    Screen(
        command=UnlockConnector, form=UnlockForm, tab="",
        offers=(
            Offer(
                label="Unlock the cable", icon="lock-open", danger=1,
                help="For a plug that is stuck.",
                preset={}, effect=Effect.ENDS, places=(Menu.DRIVER,),
            ),
        ),
    ),
    of_the_system(GetTransactionStatus),
)  # fmt: skip
