"""Limits of power."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen
from apps.dashboard.forms.power import ClearForm, LimitForm, ReadLimitsForm, ScheduleForm
from apps.domain.power import (
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    SetChargingProfile,
)

SCREENS = (
    Screen(
        command=SetChargingProfile, form=LimitForm, tab="power",
        offers=(
            Offer(
                label="Set a limit…", icon="gauge", danger=1,
                help="How much the station, an EVSE or a session may draw.",
                preset={}, effect=Effect.NONE, places=(Menu.POWER,),
            ),
        ),
    ),
    Screen(
        command=ClearChargingProfile, form=ClearForm, tab="power",
        offers=(
            Offer(
                label="Clear limits…", icon="eraser", danger=2,
                help="Without limits it draws as much as it can.",
                preset={}, effect=Effect.NONE, places=(Menu.POWER,),
            ),
        ),
    ),
    Screen(
        command=GetChargingProfiles, form=ReadLimitsForm, tab="power",
        offers=(
            Offer(
                label="Read the limits", icon="list-checks", danger=0,
                help="What the station says that it holds.",
                preset={}, effect=Effect.NONE, places=(Menu.POWER,),
            ),
        ),
    ),
    Screen(
        command=GetCompositeSchedule, form=ScheduleForm, tab="power",
        offers=(
            Offer(
                label="Ask for its schedule", icon="chart-line", danger=0,
                help="The most that it will draw in the next 24 hours.",
                preset={}, effect=Effect.NONE, places=(Menu.POWER,),
            ),
        ),
    ),
)  # fmt: skip
