"""What the registry holds of a vendor: which versions speak it, its messages, our commands.

Also the ways of JSON in a transfer: what its data holds, and a call that carries some.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson

from apps.domain.answers import Answer
from apps.domain.command import Command
from apps.domain.events import Event
from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Outcome

Payload = dict[str, Any]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Unreadable(ValueError):
    """The data of a transfer is not what its message says; the text says why."""


@dataclass(frozen=True, slots=True)
class Handler:
    """``read``: data and receive time → event, or Unreadable. ``write``: answer → data."""

    read: Callable[[Any, datetime], Event]
    write: Callable[[Answer], str | None]


@dataclass(frozen=True, slots=True)
class Vendor:
    """``writers``: commands that only a transfer can carry. ``outcomes``: what the data of an
    answer comes to, where it says more than its status."""

    vendor_id: str
    protocols: frozenset[Protocol]
    messages: Mapping[str, Handler]
    writers: Mapping[type[Command], Callable[[Any], tuple[str, Payload]]]
    outcomes: Mapping[type[Command], Callable[[Any, Payload], Outcome]]


def each_once(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, Value]:
    """A table of ``pairs``; ValueError for what two of them claim."""
    table: dict[Key, Value] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"two vendors claim {key!r}")
        table[key] = value
    return table


def json_object(data: Any) -> Payload:
    """The JSON object that ``data`` is, or holds as text; Unreadable where it is none."""
    try:
        inner = orjson.loads(data) if isinstance(data, str) else data
    except orjson.JSONDecodeError as trouble:
        raise Unreadable(f"the data is no JSON: {trouble}") from trouble
    if not isinstance(inner, dict):
        raise Unreadable("the data is no JSON object")
    return inner


def transfer(vendor_id: str, message_id: str, data: Payload) -> tuple[str, Payload]:
    """The call that carries ``data`` as JSON text, which either version can."""
    text = orjson.dumps(data).decode()
    return "DataTransfer", {"vendorId": vendor_id, "messageId": message_id, "data": text}
