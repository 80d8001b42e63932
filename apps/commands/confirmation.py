"""Whether a sign of the station shows that a command took effect. Pure.

Which sign that is stands with the command; here a row is held against it.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from apps.domain.commands import declaration_of
from apps.domain.confirmation import (
    Awaited,
    ByAnswer,
    ByEvent,
    ByReading,
    Followed,
    Unconfirmed,
)
from apps.domain.device import VariableHidden
from apps.domain.events import CommandAnswered, Event, VariableValue
from apps.journal.masking import masked
from apps.journal.secrecy import is_secret_variable

Item = dict[str, Any]
Key = tuple[object, ...]

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_SWITCHES = {"true": "true", "false": "false"}


def observe(name: str, command: Followed, event: Event) -> str:
    """What ``event`` shows of the command called ``name``, in words; "" when it shows nothing."""
    sign = declaration_of(name).confirmed_by
    if not isinstance(sign, ByEvent) or not isinstance(event, sign.signs):
        return ""
    return sign.shows(command, event)


def is_effect(name: str, parameters: Item, request: Item) -> bool:
    """Whether the answer "accepted" is all that the station will ever show."""
    sign = declaration_of(name).confirmed_by
    if isinstance(sign, ByReading) and not readable(parameters["variables"]):
        return True
    if isinstance(sign, Awaited):
        return sign.is_answer_enough(parameters, request)
    return isinstance(sign, ByAnswer)


def is_awaited(name: str, *, is_verbatim: bool) -> bool:
    """Whether a sign must show the effect of what was accepted.

    What was given word for word is followed by nothing of ours, so by no reading either.
    """
    sign = declaration_of(name).confirmed_by
    return not (isinstance(sign, Unconfirmed) or (isinstance(sign, ByReading) and is_verbatim))


def readable(variables: Iterable[Item]) -> list[Item]:
    """Those of ``variables`` that a station shows again when it is asked: no secrets."""
    return [item for item in variables if not is_secret_variable(*_named(item))]


def observe_reading(variables: Iterable[Item], answered: CommandAnswered) -> str:
    """What ``answered`` (a get_variables) shows of the values that were set; "" for nothing.

    Where the station says that it may not show it, to accept it is the effect. What it does not
    know at all it has not set, and what has no value is not set either, or is empty.
    """
    shown = {_told(value): masked(value.value or "") for value in answered.values}
    hidden = {_told(value) for value in answered.values if value.mutability == "WriteOnly"}
    hidden |= {_told(fact.of) for fact in answered.facts if isinstance(fact, VariableHidden)}
    wanted = [(_asked(item), masked(item.get("attributeValue"))) for item in readable(variables)]
    seen = [(key, value) for key, value in wanted if key not in hidden]
    if not wanted or not all(key in shown and is_same(value, shown[key]) for key, value in seen):
        return ""
    return "Read back as set" if len(seen) == len(wanted) else "Accepted; it cannot be read back"


def is_same(wanted: object, shown: str) -> bool:
    """Whether a station shows what was set, in a spelling of its own: TRUE, 10.0, "A, B".

    A number with zeros before it is a name, and is held against it letter by letter.
    """
    one, other = (_spelled(str(value)) for value in (wanted, shown))
    return one == other


def _spelled(value: str) -> tuple[object, ...]:
    """The parts of a list, each in the one spelling in which it is compared."""
    return tuple(_part(part.strip()) for part in value.split(","))


def _part(text: str) -> object:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return _SWITCHES.get(text.casefold(), text)


def _named(item: Item) -> tuple[str, str]:
    """Component and variable; "" where the item does not say."""
    names = (item.get(part) for part in ("component", "variable"))
    component, variable = (n.get("name", "") if isinstance(n, dict) else "" for n in names)
    return component, variable or str(item.get("key", ""))


def _asked(item: Item) -> Key:
    """Which of a station's values ``item`` names: of which EVSE, instance and attribute, too."""
    component, variable = (item.get(part) for part in ("component", "variable"))
    component = component if isinstance(component, dict) else {}
    variable = variable if isinstance(variable, dict) else {}
    evse = component.get("evse") or {}
    return _key(
        *_named(item), str(item.get("attributeType") or "Actual"),
        str(component.get("instance") or ""), str(variable.get("instance") or ""),
        evse.get("id"), evse.get("connectorId"),
    )  # fmt: skip


def _told(value: VariableValue) -> Key:
    return _key(
        value.component, value.variable, value.attribute, value.component_instance,
        value.variable_instance, value.evse_id, value.connector_id,
    )  # fmt: skip


def _key(component: str, variable: str, *more: object) -> Key:
    """Names of both versions are compared without regard to case."""
    return component.casefold(), variable.casefold(), *more
