"""What the gateway uses of an OCPP version, so that it never asks which version it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from apps.domain import vocabulary
from apps.domain.answers import Answer
from apps.domain.commands import Command
from apps.domain.events import Event, VariableValue
from apps.protocol.traits import Traits


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """What one message to this station may hold at most; None is no limit (L-01, L-07)."""

    items_per_message: int | None = None
    bytes_per_message: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A station's answer to a command. ``status``: accepted | rejected.

    ``detail`` is the station's own word; ``transaction_id``, ``is_ongoing`` and ``facts``
    where the answer tells them.
    """

    status: str
    detail: str = ""
    values: tuple[VariableValue, ...] = ()
    transaction_id: str | None = None
    is_ongoing: bool | None = None
    facts: tuple[Any, ...] = ()


class Encode(Protocol):
    """The call that says ``command``; ``request_id`` numbers what will report later.

    CannotEncode where this version has no such thing or the result would be invalid.
    """

    def __call__(self, command: Command, *, request_id: int = 0) -> tuple[str, dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Codec:
    protocol: vocabulary.Protocol
    read: Callable[[str, dict[str, Any], datetime], Event]
    write: Callable[[str, Answer], dict[str, Any]]
    encode: Encode
    outcome: Callable[[Command, str, Any], Outcome]
    split: Callable[[Command, MessageLimits], list[Command]]
    meaning: Callable[[str, dict[str, Any]], Command | None]
    traits: Traits
