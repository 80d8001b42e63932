"""A maker's habits as data: which stations, which texts to mend, how it is spoken to."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from apps.protocol.frames import Call
from apps.protocol.validation import Problem
from apps.protocol.vendors import volts
from apps.protocol.vendors.manner import Manner

Payload = dict[str, Any]
Habit = Callable[[Payload], Payload | None]

_WITH_A_CARD = ("Authorize", "StartTransaction", "StopTransaction")
# Payment terminals put what they call the payment before the card (1.6).
_PAYMENT = r"^[^;]+;(?=[^;]+$)"
# What ends a session by itself stands where a card would: it is none.
_NO_CARDS = ("EmergencyStop", "HardReset", "PowerLoss", "Reboot", "SoftReset")


@dataclass(frozen=True, slots=True)
class Profile:
    """What stands between a maker's frames and the common rules.

    The patterns match whole names, in any case. ``text_repairs``: patterns of what is not JSON,
    and what to put there. ``tag_cuts``: what is no part of a card's number. A habit returns the
    changed payload of its action, or None where nothing is to change.
    """

    name: str
    vendor: str = ".*"
    model: str = ".*"
    firmware: str = ".*"
    text_repairs: tuple[tuple[str, str], ...] = ()
    tag_cuts: tuple[str, ...] = (_PAYMENT,)
    volts_between_phases: bool = False
    habits: Mapping[str, Habit] = field(default_factory=dict)
    manner: Manner = field(default_factory=Manner)

    def fits(self, vendor: str, model: str, firmware: str) -> bool:
        pairs = ((self.vendor, vendor), (self.model, model), (self.firmware, firmware))
        return all(
            re.fullmatch(pattern, name.strip(), re.IGNORECASE | re.DOTALL)
            for pattern, name in pairs
        )

    def repair_text(self, text: str) -> str | None:
        """The text as JSON, or None where this maker has no known way to break it."""
        mended = text
        for pattern, replacement in self.text_repairs:
            mended = re.sub(pattern, replacement, mended)
        return mended if mended != text else None

    def adapt(self, call: Call, problems: Sequence[Problem]) -> Call:  # noqa: ARG002
        """The call as its maker means it; the same object where nothing changes.

        Habits here are known by action; they need no ``problems`` to recognise them.
        """
        habit = self.habits.get(call.action)
        payload = (habit(call.payload) if habit else None) or call.payload
        if call.action in _WITH_A_CARD:
            payload = self._with_bare_card(payload)
        if call.action == "StopTransaction" and payload.get("idTag") in _NO_CARDS:
            payload = {name: given for name, given in payload.items() if name != "idTag"}
        if self.volts_between_phases:
            payload = volts.to_neutral(payload)
        return call if payload is call.payload else replace(call, payload=payload)

    def _with_bare_card(self, payload: Payload) -> Payload:
        tag = payload.get("idTag")
        if not isinstance(tag, str):
            return payload
        bare = tag
        for pattern in self.tag_cuts:
            bare = re.sub(pattern, "", bare)
        return payload | {"idTag": bare} if bare and bare != tag else payload
