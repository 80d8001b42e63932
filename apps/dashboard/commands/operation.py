"""A station at work: asked, restarted, put in and out of service."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen
from apps.dashboard.forms.commands import AvailabilityForm, ResetForm, TriggerForm
from apps.domain.operation import ChangeAvailability, ResetStation, TriggerMessage

SCREENS = (
    Screen(
        command=TriggerMessage, form=TriggerForm, tab="",
        offers=(
            Offer(
                label="Ask for a heartbeat", icon="activity", danger=0,
                help="Is it still there?",
                preset={"message": "Heartbeat"}, effect=Effect.NONE, places=(Menu.RECOVER,),
            ),
            Offer(
                label="Ask for a message…", icon="message-square-more", danger=0,
                help="Statuses, meter values, boot.",
                preset={}, effect=Effect.NONE, places=(Menu.RECOVER,),
            ),
        ),
    ),
    Screen(
        command=ResetStation, form=ResetForm, tab="configuration",
        offers=(
            Offer(
                label="Restart when idle", icon="refresh-cw", danger=1,
                help="Waits until nobody charges.",
                preset={"mode": "on_idle"}, effect=Effect.SPARES, places=(Menu.RECOVER,),
            ),
            Offer(
                label="Restart now", icon="power", danger=2,
                help="Ends running sessions.",
                preset={"mode": "immediate"}, effect=Effect.ENDS, places=(Menu.RECOVER,),
            ),
        ),
    ),
    Screen(
        command=ChangeAvailability, form=AvailabilityForm, tab="",
        offers=(
            Offer(
                label="Take out of service", icon="wrench", danger=2,
                help="Drivers can no longer start here.",
                preset={"operative": "false"}, effect=Effect.CLOSES, places=(Menu.SERVICE,),
            ),
            Offer(
                label="Put in service", icon="circle-check", danger=1,
                help="Drivers can start again.",
                preset={"operative": "true"}, effect=Effect.SPARES, places=(Menu.SERVICE,),
            ),
        ),
    ),
)  # fmt: skip
