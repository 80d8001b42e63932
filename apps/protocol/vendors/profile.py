"""A maker's habits as data: which stations, which texts to mend, which payloads to change."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from apps.protocol.frames import Call
from apps.protocol.validation import Problem

Order = Callable[[dict[str, Any], datetime], dict[str, Any] | None]
Habit = Callable[[dict[str, Any]], dict[str, Any] | None]


class Adapter(Protocol):
    """What stands between a maker's frames and the common rules."""

    @property
    def name(self) -> str: ...

    @property
    def is_read_on_boot(self) -> bool:
        """Whether it bears to be asked for all of its settings right after a boot."""

    @property
    def boot_quiet_s(self) -> float:
        """How long it must be left alone after its boot, and after it has come back."""

    def repair_text(self, text: str) -> str | None:
        """The text as JSON, or None where this maker has no known way to break it."""

    def adapt(self, call: Call, problems: Sequence[Problem]) -> Call:
        """The call as its maker means it; the same object where nothing changes."""

    def order(self, action: str, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """A call of ours as this maker takes it: it must come to the same there."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An Adapter made of data. The patterns match whole names, in any case.

    A habit returns the changed payload of its action, or None where nothing is to change;
    ``orders`` are those for calls of ours.
    """

    name: str
    vendor: str = ".*"
    model: str = ".*"
    firmware: str = ".*"
    text_repairs: tuple[tuple[str, str], ...] = ()
    habits: Mapping[str, Habit] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    is_read_on_boot: bool = True
    boot_quiet_s: float = 0.0

    def fits(self, vendor: str, model: str, firmware: str) -> bool:
        pairs = ((self.vendor, vendor), (self.model, model), (self.firmware, firmware))
        return all(
            re.fullmatch(pattern, name.strip(), re.IGNORECASE | re.DOTALL)
            for pattern, name in pairs
        )

    def repair_text(self, text: str) -> str | None:
        mended = text
        for pattern, replacement in self.text_repairs:
            mended = re.sub(pattern, replacement, mended)
        return mended if mended != text else None

    def adapt(self, call: Call, problems: Sequence[Problem]) -> Call:  # noqa: ARG002
        """Habits here are known by action; they need no ``problems`` to recognise them."""
        habit = self.habits.get(call.action)
        payload = habit(call.payload) if habit else None
        return call if payload is None else replace(call, payload=payload)

    def order(self, action: str, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        order = self.orders.get(action)
        return (order(payload, now) if order else None) or payload
