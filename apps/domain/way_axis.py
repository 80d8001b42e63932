"""One axis of the ways in which a command may be put."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from apps.domain.command import Command
from apps.domain.profiles import ChargingProfile

VOLTAGE_V = 230.0


@dataclass(frozen=True, slots=True)
class Place:
    """What must be known of where the command goes. ``evses``: of the station, 0: not known.

    ``phases``: of the EVSE, where a limit does not say for how many it is meant. ``has_evses``:
    connectors are counted within their EVSE.
    """

    now: datetime
    evses: int = 0
    phases: int = 3
    has_evses: bool = True


@runtime_checkable
class Limiting(Protocol):
    """A command that brings a charging profile, or may. ``place_of_limit``: its EVSE, None where
    that is not for the command to choose.
    """

    def limit(self) -> ChargingProfile | None: ...

    def with_limit(self, profile: ChargingProfile | None) -> Command: ...

    def place_of_limit(self) -> int | None: ...

    def at(self, evse_id: int) -> Command: ...


@dataclass(frozen=True, slots=True)
class Axis:
    """``words``: the values, as people say them.

    ``value``: where a command stands, "" where the axis says nothing of it. ``shift``: the
    command at the other end, None where that would be another command. ``is_alone``: an answer
    teaches whether that value is taken; else only the comparison of two answers does.
    """

    name: str
    words: Mapping[str, str]
    value: Callable[[Command, Place], str]
    shift: Callable[[Command, Place], Command | None]
    is_alone: bool = False
