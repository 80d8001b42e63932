"""What we read of a message, declared: names, kinds, and what stands in for what is missing.

A form is read only where the schema did not accept a payload; what it gives can be read by the
version's readers. Members that no form names stay as they were sent. A name is found in any
case, an object in a list of one, one item where a list belongs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.domain.vocabulary import Protocol
from apps.protocol import validation
from apps.protocol.kinds import (
    ABSENT,
    MAX_WORD,
    Kind,
    Words,
    folded,
    identifier,
    instant,
    sent,
    text,
    whole,
)

Payload = dict[str, Any]
_NO_TIME = ""  # read as the time of receipt
_TOKEN_NAMES = ("idToken", "idTag")


@dataclass(frozen=True, slots=True)
class Member:
    """``stand_in``: what is read where it is missing or nothing can be made of it.

    ``is_needed``: without it its whole object says nothing. ``spare``: the member that takes a
    word which ``kind`` does not know, unless it is taken.
    """

    name: str
    kind: Kind
    stand_in: Any = ABSENT
    is_needed: bool = False
    spare: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of an object. ``alone``: the member that a bare value stands for."""

    members: tuple[Member, ...]
    alone: str = ""

    def __call__(self, value: Any) -> Any:
        given = self._opened(value)
        if given is None:
            return ABSENT
        made = dict(given)
        for member in self.members:
            found = _found(given, member.name)
            read = ABSENT if found is None else member.kind(found)
            if member.spare and isinstance(found, str) and folded(str(read)) != folded(found):
                made.setdefault(member.spare, found[:MAX_WORD])
            read = member.stand_in if read is ABSENT else read
            if read is ABSENT and member.is_needed:
                return ABSENT
            made.pop(member.name, None)
            if read is not ABSENT:
                made[member.name] = read
        return made

    def _opened(self, value: Any) -> Payload | None:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict):
            return value
        is_bare = self.alone and isinstance(value, str | int | float)
        return {self.alone: value} if is_bare else None


@dataclass(frozen=True, slots=True)
class Many:
    """The kind of a list; an item of which nothing can be made costs none of the others.

    Where nothing can be made of any item, nothing can be made of the list.
    """

    item: Kind

    def __call__(self, value: Any) -> Any:
        items = [value] if isinstance(value, dict) else value
        if not isinstance(items, list):
            return ABSENT
        made = [read for one in items if (read := self.item(one)) is not ABSENT]
        return made if made or not items else ABSENT


@dataclass(frozen=True, slots=True)
class Form:
    """``tells``: of these members one at least, or nothing can be made of the message."""

    members: tuple[Member, ...] = ()
    tells: tuple[str, ...] = ()

    def read(self, payload: Payload) -> Payload | None:
        """The payload that our readers can read; None where nothing can be made of it."""
        made = Shape(self.members)(payload)
        if made is ABSENT:
            return None
        tells = any(made.get(name) not in (None, "", {}) for name in self.tells)
        return made if tells or not self.tells else None


Forms = Mapping[str, Form]


def tag(value: Any) -> Any:
    """A token's text, also where it stands in an object or in a list of one."""
    for _ in range(2):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict):
            value = next((found for n in _TOKEN_NAMES if (found := _found(value, n))), None)
    return identifier(value)


def at(name: str = "timestamp") -> Member:
    return Member(name, instant, stand_in=_NO_TIME)


def meter_values(protocol: Protocol, action: str, name: str) -> Member:
    """``meterValue`` or ``transactionData``; the unit in the place of either version."""
    words = {
        one: Words(validation.words(protocol, action, name, "sampledValue", one), is_open=True)
        for one in ("context", "measurand", "phase", "location")
    }
    unit = Member("unit", text)
    measure = Shape((unit, Member("multiplier", whole)), alone="unit")
    sampled = Shape(
        (
            Member("value", sent),
            *(Member(one, kind) for one, kind in words.items()),
            Member("format", Words(("Raw", "SignedData"), is_open=True)),
            unit,
            Member("unitOfMeasure", measure),
        ),
        alone="value",
    )
    reading = Shape((at(), Member("sampledValue", Many(sampled), is_needed=True)))
    return Member(name, Many(reading))


def _found(given: Payload, name: str) -> Any:
    """The member, else one that is called so in another case; null is none."""
    value = given.get(name)
    if value is not None:
        return value
    wanted = folded(name)
    others = (key for key in given if key != name and folded(key) == wanted)
    return next((given[key] for key in others if given[key] is not None), None)
