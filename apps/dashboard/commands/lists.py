"""Whom stations let charge without asking."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen
from apps.dashboard.forms.lists import ClearCacheForm, ListForm, ListVersionForm
from apps.domain.authorization import ClearCache, GetLocalListVersion, SendLocalList

SCREENS = (
    Screen(
        command=SendLocalList, form=ListForm, tab="list",
        offers=(
            Offer(
                label="Push the local list", icon="upload", danger=1,
                help="Whom it lets charge while it cannot ask.",
                preset={"mode": "auto"}, effect=Effect.NONE, places=(Menu.OFFLINE,),
            ),
            Offer(
                label="Send the local list in full", icon="list-restart", danger=1,
                help="Where nobody knows what it holds.",
                preset={"mode": "full"}, effect=Effect.NONE, places=(Menu.OFFLINE,),
            ),
        ),
    ),
    Screen(
        command=ClearCache, form=ClearCacheForm, tab="list",
        offers=(
            Offer(
                label="Clear its cache", icon="eraser", danger=1,
                help="It forgets earlier answers about cards and asks us again.",
                preset={}, effect=Effect.NONE, places=(Menu.OFFLINE,),
            ),
        ),
    ),
    Screen(
        command=GetLocalListVersion, form=ListVersionForm, tab="list",
        offers=(
            Offer(
                label="Ask for its list version", icon="list-checks", danger=0,
                help="0 is an empty list.",
                preset={}, effect=Effect.NONE, places=(Menu.OFFLINE,),
            ),
        ),
    ),
)  # fmt: skip
