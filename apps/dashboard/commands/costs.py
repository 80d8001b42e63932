"""What sessions cost, told to stations."""

from apps.dashboard.commands.screen import of_the_system
from apps.domain.costs import TellFinalCost, TellRunningCost, TellUserPrice

SCREENS = (
    of_the_system(TellFinalCost),
    of_the_system(TellRunningCost),
    of_the_system(TellUserPrice),
)  # fmt: skip
