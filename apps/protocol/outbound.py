"""What both versions share when they send: a last check, portions, the meaning of a status."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from math import inf
from typing import Any, TypeVar

import orjson

from apps.domain.answers import TokenAnswer
from apps.domain.instants import in_utc
from apps.domain.maintenance import GetLog, UpdateFirmware
from apps.domain.vocabulary import Protocol, TokenStatus
from apps.protocol import validation
from apps.protocol.codec import MessageLimits, Outcome
from apps.protocol.errors import CannotEncode

FRAME_BYTES = 100
_ACCEPTING = frozenset(
    {"Accepted", "AcceptedCanceled", "Processing", "RebootRequired", "Scheduled", "Unlocked",
     "Unpublished"}
)  # fmt: skip

Item = dict[str, Any]
Said = TypeVar("Said")


def checked(protocol: Protocol, action: str, payload: Item) -> tuple[str, Item]:
    """The call, or CannotEncode with the schema's first complaint."""
    for problem in validation.problems(protocol, action, "request", payload):
        raise CannotEncode(f"{action}{problem.path}: {problem.message}")
    return action, payload


def portions(
    items: Iterable[Said], limits: MessageLimits, key: Callable[[Said], Hashable]
) -> Iterator[tuple[Said, ...]]:
    """The items in order, in messages within the limits and without two of one ``key``."""
    room, weight = limits.items_per_message or inf, limits.bytes_per_message or inf
    portion: list[Said] = []
    keys: set[Hashable] = set()
    size = FRAME_BYTES
    for item in items:
        item_size = len(orjson.dumps(item)) + 1
        is_full = len(portion) >= room or size + item_size > weight
        if portion and (is_full or key(item) in keys):
            yield tuple(portion)
            portion, keys, size = [], set(), FRAME_BYTES
        portion.append(item)
        keys.add(key(item))
        size += item_size
    yield tuple(portion)


def entry_verdict(entry: Item) -> TokenAnswer:
    """What an entry of a local list (see SendLocalList) says of its token."""
    ends_at = entry.get("expires_at")
    return TokenAnswer(
        status=TokenStatus(entry.get("status", "Accepted")),
        group=entry.get("group", ""),
        expires_at=datetime.fromisoformat(ends_at) if ends_at else None,
        language=entry.get("language", ""),
        personal_message=entry.get("personal_message", ""),
        charging_priority=entry.get("charging_priority", 0),
    )


def is_accepting(status: Any) -> bool:
    return isinstance(status, str) and status in _ACCEPTING


def plain_outcome(payload: Mapping[str, Any]) -> Outcome:
    """The outcome that a ``status`` member tells; an answer without one is a yes."""
    status = payload.get("status", "Accepted")
    word = status if isinstance(status, str) else ""
    return Outcome("accepted" if is_accepting(status) else "rejected", word)


def transferred(payload: Mapping[str, Any]) -> Outcome:
    """The answer to a data transfer; ``detail`` is its data, or why there is none."""
    plain = plain_outcome(payload)
    data = payload.get("data")
    told = data if isinstance(data, str) or data is None else orjson.dumps(data).decode()
    word = "" if plain.status == "accepted" else plain.detail
    return Outcome(plain.status, ": ".join(filter(None, (word, told))))


def of_all(verdicts: list[Any]) -> Outcome:
    """Accepted if all items were; ``detail`` names the other verdicts, also RebootRequired."""
    is_done = bool(verdicts) and all(is_accepting(verdict) for verdict in verdicts)
    return Outcome("accepted" if is_done else "rejected", other_words(verdicts))


def other_words(verdicts: list[Any]) -> str:
    """Each verdict that is no plain yes, once."""
    words = (word for word in verdicts if isinstance(word, str) and word != "Accepted")
    return ", ".join(dict.fromkeys(words))


def retrying(command: UpdateFirmware | GetLog) -> Item:
    """How often a transfer is tried again, where the operator said so."""
    asked = {"retries": command.retries, "retryInterval": command.retry_interval_s}
    return {name: value for name, value in asked.items() if value is not None}


def log_window(command: GetLog) -> Item:
    """From when to when a log is wanted."""
    window = {"oldestTimestamp": command.oldest_at, "latestTimestamp": command.latest_at}
    return {name: in_utc(value) for name, value in window.items() if value}


def members(value: Any) -> list[Item]:
    """The objects of an array that a station sent; nothing of anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
