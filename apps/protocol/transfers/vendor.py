"""What the registry holds of a vendor: which versions speak it, and its messages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.domain.vocabulary import Protocol


class Unreadable(ValueError):
    """The data of a transfer is not what its message says; the text says why."""


@dataclass(frozen=True, slots=True)
class Handler:
    """``read``: data and receive time → event, or Unreadable. ``write``: answer → data."""

    read: Callable[[Any, datetime], Event]
    write: Callable[[Answer], str | None]


@dataclass(frozen=True, slots=True)
class Vendor:
    vendor_id: str
    protocols: frozenset[Protocol]
    messages: Mapping[str, Handler]
