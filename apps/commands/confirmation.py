"""Whether a sign of the station shows that a command took effect. Pure.

Which sign that is stands with the command; here a row is held against it.
"""

from collections.abc import Iterable
from typing import Any

from apps.domain.commands import declaration_of
from apps.domain.confirmation import (
    Awaited,
    ByAnswer,
    ByEvent,
    ByReading,
    Followed,
    Places,
    Unconfirmed,
)
from apps.domain.device import VariableHidden
from apps.domain.events import CommandAnswered, Event
from apps.journal.masking import masked
from apps.journal.secrecy import is_secret_variable

Item = dict[str, Any]


def observe(name: str, parameters: Item, transaction_id: str, event: Event, places: Places) -> str:
    """What ``event`` shows of the command, in words; "" when it shows nothing.

    ``places``: what each connector of the station shows now.
    """
    sign = declaration_of(name).confirmed_by
    if not isinstance(sign, ByEvent) or not isinstance(event, sign.signs):
        return ""
    return sign.shows(Followed(parameters, transaction_id, places, masked), event)


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
    shown = {_key(v.component, v.variable): masked(v.value or "") for v in answered.values}
    hidden = {_key(v.component, v.variable) for v in answered.values if v.mutability == "WriteOnly"}
    hidden |= {
        _key(fact.of.component, fact.of.variable)
        for fact in answered.facts
        if isinstance(fact, VariableHidden)
    }
    wanted = [
        (_key(*_named(item)), masked(item.get("attributeValue"))) for item in readable(variables)
    ]
    seen = [(key, value) for key, value in wanted if key not in hidden]
    if not wanted or any(shown.get(key) != value for key, value in seen):
        return ""
    return "Read back as set" if len(seen) == len(wanted) else "Accepted; it cannot be read back"


def _named(item: Item) -> tuple[str, str]:
    """Component and variable; "" where the item does not say."""
    names = (item.get(part) for part in ("component", "variable"))
    component, variable = (n.get("name", "") if isinstance(n, dict) else "" for n in names)
    return component, variable or str(item.get("key", ""))


def _key(component: str, variable: str) -> tuple[str, str]:
    """Names of both versions are compared without regard to case."""
    return component.casefold(), variable.casefold()
