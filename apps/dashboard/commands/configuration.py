"""The device model: read, asked and changed."""

from apps.dashboard.commands.screen import Effect, Menu, Offer, Screen, Strip
from apps.dashboard.forms.commands import ReadForm
from apps.dashboard.forms.configuration import SetForm
from apps.dashboard.forms.device import ReadModelForm, ReportForm
from apps.domain.device import GetReport, ReadDeviceModel
from apps.domain.variables import GetVariables, SetVariables

SCREENS = (
    Screen(
        command=ReadDeviceModel, form=ReadModelForm, tab="configuration",
        offers=(
            Offer(
                label="Read the configuration", icon="refresh-cw", danger=0,
                help="All that the station reports.",
                preset={"base": "full"}, effect=Effect.NONE, places=(Menu.ENGINEERING,),
            ),
            Offer(
                label="Read a part…", icon="list-filter", danger=0,
                help="What can be set, or what goes wrong.",
                preset={}, effect=Effect.NONE, places=(Strip("configuration", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=GetReport, form=ReportForm, tab="configuration",
        offers=(
            Offer(
                label="Read some by name…", icon="search", danger=0,
                help="By component, by variable, by key.",
                preset={}, effect=Effect.NONE, places=(Strip("configuration", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=GetVariables, form=ReadForm, tab="configuration",
        offers=(
            Offer(
                label="Read the configuration", icon="sliders-horizontal", danger=0,
                help="All that the station reports.",
                preset={}, effect=Effect.NONE, places=(),
            ),
        ),
    ),
    Screen(
        command=SetVariables, form=SetForm, tab="configuration",
        offers=(
            Offer(
                label="Change a variable…", icon="pencil", danger=2,
                help="One value, read back.",
                preset={}, effect=Effect.NONE, places=(Menu.ENGINEERING,),
            ),
        ),
    ),
)  # fmt: skip
