"""What people see of a command. Nothing has a default: what was forgotten is an error at import."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from typing import Any

from apps.dashboard.forms.commands import CommandForm
from apps.domain.command import Command


class Menu(StrEnum):
    """The groups of the Actions menu, in their order."""

    DRIVER = "Help the driver"
    RECOVER = "Recover"
    POWER = "Power"
    DISPLAY = "Display"
    SERVICE = "Service"
    OFFLINE = "Offline drivers"
    SECURITY = "Security"
    ENGINEERING = "Engineering"


class Effect(Enum):
    """What it does to people who charge at this moment.

    NONE    nothing that one would think of
    SPARES  nothing, though one might fear it
    CLOSES  they may finish, nobody else can begin
    ENDS    they are interrupted
    """

    NONE = "none"
    SPARES = "spares"
    CLOSES = "closes"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Strip:
    """The buttons at the head of a tab; ``is_main``: the one that most come for."""

    tab: str
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One way in which it is offered; ``preset`` fills its form.

    ``danger``: 0 asks nothing, 1 can be undone, 2 interrupts a driver or changes how a station
    works (a dialog, a reason). ``places``: (): only where its subject is shown.
    """

    label: str
    icon: str
    danger: int
    help: str
    preset: Mapping[str, str]
    effect: Effect
    places: tuple[Menu | Strip, ...]

    @property
    def is_main(self) -> bool:
        return any(isinstance(place, Strip) and place.is_main for place in self.places)

    @property
    def query(self) -> str:
        return "&".join(f"{key}={value}" for key, value in self.preset.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Offer):
    """An offer, with the name of its command. ``refused``: why it does not work here, "" else."""

    name: str
    refused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that people see of one command.

    ``form``: None is one that nobody gives by hand; it has no offers either. ``tab`` of a station:
    where its commands are followed, "" where on no tab but the overview.
    """

    command: type[Command]
    form: type[CommandForm] | None
    tab: str
    offers: tuple[Offer, ...]

    def __post_init__(self) -> None:
        if bool(self.form) != bool(self.offers):
            raise TypeError(f"{self.command.__name__}: a form and its offers need each other")

    @property
    def name(self) -> str:
        return self.command.declared.name

    @property
    def actions(self) -> tuple[Action, ...]:
        """The offers as pages show them."""
        return tuple(Action(name=self.name, refused="", **_members(offer)) for offer in self.offers)


def _members(offer: Offer) -> dict[str, Any]:
    return {member.name: getattr(offer, member.name) for member in fields(offer)}


def of_the_system(command: type[Command]) -> Screen:
    """One that only the system and programs give."""
    return Screen(command=command, form=None, tab="", offers=())
