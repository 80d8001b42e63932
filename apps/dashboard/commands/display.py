"""Messages on displays."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen, Strip
from apps.dashboard.forms.display import ClearMessageForm, GetMessagesForm, SetMessageForm
from apps.domain.display import ClearDisplayMessage, GetDisplayMessages, SetDisplayMessage

SCREENS = (
    Screen(
        command=SetDisplayMessage, form=SetMessageForm, tab="display",
        offers=(
            Offer(
                label="Show a message…", icon="message-square", danger=1,
                help="On the display, for drivers to read.",
                preset={}, effect=Effect.NONE, places=(Menu.DISPLAY,),
            ),
            Offer(
                label="Show a message", icon="plus", danger=1,
                help="On the display, for drivers to read.",
                preset={}, effect=Effect.NONE, places=(Strip("display", is_main=True),),
            ),
        ),
    ),
    Screen(
        command=GetDisplayMessages, form=GetMessagesForm, tab="display",
        offers=(
            Offer(
                label="Ask what it shows", icon="list-checks", danger=0,
                help="Every message that its display holds.",
                preset={}, effect=Effect.NONE, places=(Menu.DISPLAY,),
            ),
            Offer(
                label="Ask what it shows", icon="refresh-cw", danger=0,
                help="Every message that its display holds.",
                preset={}, effect=Effect.NONE, places=(Strip("display", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=ClearDisplayMessage, form=ClearMessageForm, tab="display",
        offers=(
            Offer(
                label="Clear a message…", icon="eraser", danger=1,
                help="It is no longer shown.",
                preset={}, effect=Effect.NONE, places=(Menu.DISPLAY,),
            ),
        ),
    ),
)  # fmt: skip
