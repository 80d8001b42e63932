"""Monitors, and what stations know of customers."""

from apps.dashboard.commands.screen import Effect, Offer, Screen, Strip
from apps.dashboard.forms.device import (
    BaseForm,
    ClearForm,
    CustomerForm,
    LevelForm,
    MonitorForm,
    MonitoringReportForm,
)
from apps.domain.device import (
    CustomerInformation,
    GetMonitoringReport,
    SetMonitoringBase,
    SetMonitoringLevel,
)
from apps.domain.maintenance import ClearMonitors, SetMonitors

SCREENS = (
    Screen(
        command=GetMonitoringReport, form=MonitoringReportForm, tab="monitoring",
        offers=(
            Offer(
                label="Read the monitors", icon="list-checks", danger=0,
                help="What it watches now.",
                preset={}, effect=Effect.NONE, places=(Strip("monitoring", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=SetMonitoringBase, form=BaseForm, tab="monitoring",
        offers=(
            Offer(
                label="Choose its own monitors…", icon="layers", danger=2,
                help="Which of its built-in monitors are active.",
                preset={}, effect=Effect.NONE, places=(Strip("monitoring", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=SetMonitoringLevel, form=LevelForm, tab="monitoring",
        offers=(
            Offer(
                label="Choose what is told…", icon="sliders-horizontal", danger=2,
                help="Events less severe than this are not sent.",
                preset={}, effect=Effect.NONE, places=(Strip("monitoring", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=SetMonitors, form=MonitorForm, tab="monitoring",
        offers=(
            Offer(
                label="Watch a variable…", icon="radar", danger=1,
                help="The station tells us when it happens.",
                preset={}, effect=Effect.NONE, places=(Strip("monitoring", is_main=True),),
            ),
        ),
    ),
    Screen(
        command=ClearMonitors, form=ClearForm, tab="monitoring",
        offers=(
            Offer(
                label="Clear monitors…", icon="eraser", danger=2,
                help="The station no longer tells of it.",
                preset={}, effect=Effect.NONE, places=(Strip("monitoring", is_main=False),),
            ),
        ),
    ),
    Screen(
        command=CustomerInformation, form=CustomerForm, tab="monitoring",
        offers=(
            Offer(
                label="Erase what it knows of a customer…", icon="user-x", danger=2,
                help="It forgets what it keeps of one customer. That cannot be undone.",
                preset={"what": "clear"}, effect=Effect.NONE,
                places=(Strip("monitoring", is_main=False),),
            ),
            Offer(
                label="Ask what it knows of a customer…", icon="user-search", danger=1,
                help="What it tells is kept here for 30 days.",
                preset={"what": "report"}, effect=Effect.NONE,
                places=(Strip("monitoring", is_main=False),),
            ),
        ),
    ),
)  # fmt: skip
