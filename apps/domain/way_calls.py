"""Ways of calls that are no limits: a start with its limit, a question to one EVSE or to all."""

from dataclasses import replace

from apps.domain.command import Command
from apps.domain.operation import ChangeAvailability, TriggerMessage
from apps.domain.way_axis import Axis, Limiting, Place

_OF_PLACES = ("StatusNotification", "MeterValues")


def _start(command: Command, _place: Place) -> str:
    if not isinstance(command, Limiting) or command.place_of_limit() is not None:
        return ""
    return "with its limit" if command.limit() else "without a limit"


def _apart(command: Command, place: Place) -> Command | None:
    """The limit follows once the session runs."""
    is_with = isinstance(command, Limiting) and _start(command, place) == "with its limit"
    return command.with_limit(None) if is_with else None  # type: ignore[attr-defined]


def _asked(command: Command, _place: Place) -> str:
    if not isinstance(command, TriggerMessage):
        return ""
    return "all" if command.evse_id is None and command.connector_id is None else "one"


def _asked_otherwise(command: Command, place: Place) -> Command | None:
    """Of all there are: more than was asked. Of one: the same only where there is no other."""
    if not isinstance(command, TriggerMessage):
        return None
    if _asked(command, place) == "all":
        may_name = place.evses == 1 and command.message in _OF_PLACES
        return replace(command, evse_id=1) if may_name else None
    is_always_one = command.message == "StatusNotification" and place.has_evses
    return None if is_always_one else replace(command, evse_id=None, connector_id=None)


def _message(command: Command, _place: Place) -> str:
    return command.message if isinstance(command, TriggerMessage) else ""


def _availability(command: Command, _place: Place) -> str:
    return command.declared.name if isinstance(command, ChangeAvailability) else ""


def _nothing_else(_command: Command, _place: Place) -> None:
    return None


CALLS = (
    Axis(
        "start",
        {"with its limit": "a start with its limit", "without a limit": "a start without a limit"},
        _start,
        _apart,
    ),
    Axis(
        "trigger",
        {"one": "triggers that name a connector", "all": "triggers without a connector"},
        _asked,
        _asked_otherwise,
        is_alone=True,
    ),
    Axis("question", {}, _message, _nothing_else, is_alone=True),
    Axis("call", {}, _availability, _nothing_else, is_alone=True),
)
