"""The screen's half of each command: one file a block, one ``Screen`` a command.

``SCREENS`` has them by the class of their command, in the order in which menus show them.
"""

from collections.abc import Mapping

from apps.dashboard.commands import (
    calls,
    certificates,
    charging,
    configuration,
    costs,
    display,
    lists,
    maintenance,
    monitoring,
    operation,
    power,
    reservations,
)
from apps.dashboard.commands.screen import Screen
from apps.domain.command import Command

BLOCKS = (
    charging,
    reservations,
    operation,
    power,
    display,
    maintenance,
    lists,
    certificates,
    configuration,
    monitoring,
    calls,
    costs,
)
SCREENS: Mapping[type[Command], Screen] = {
    screen.command: screen for block in BLOCKS for screen in block.SCREENS
}
