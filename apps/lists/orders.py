"""What a person may say of a list that shall be sent: read and checked. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.domain.authorization import SendLocalList
from apps.domain.instants import parse_instant
from apps.domain.vocabulary import TokenStatus
from apps.lists import plan
from apps.lists.plan import Entry

MODES = ("auto", "full", "differential")
_MAX_INT32 = 2**31 - 1
_LONGEST = {"uid": 36, "type": 20, "group": 36, "language": 8, "personal_message": 512}
_STATUSES = tuple(status.value for status in TokenStatus)
_MEMBERS = {*_LONGEST, "status", "expires_at", "charging_priority", "remove"}


def problems_of(order: SendLocalList, version: int) -> Iterator[str]:
    """What is wrong with an order to a station whose highest version is ``version``."""
    if order.mode not in MODES:
        yield f"'mode' must be one of {', '.join(MODES)}"
    if order.version and order.mode == "differential" and order.version <= version:
        yield f"'version' must be above {version}, the highest that was sent to this station"
    if order.version > _MAX_INT32:
        yield f"'version' is at most {_MAX_INT32}"
    if order.is_planned:
        yield "'is_planned' is set by the system"
    if order.entries is not None:
        yield from _entries_problems(order, order.entries)


def _entries_problems(order: SendLocalList, entries: tuple[Entry, ...]) -> Iterator[str]:
    if order.mode == "auto":
        yield "'mode' must be full or differential where 'entries' are given"
    if order.mode == "differential" and not entries:
        yield "a differential list needs at least one entry"
    seen = set()
    for index, entry in enumerate(entries):
        yield from (f"entries[{index}]: {problem}" for problem in _entry_problems(entry, order))
        name = plan.key(str(entry.get("uid", "")), _kind(entry))
        if name in seen:
            yield f"entries[{index}]: the token is in the list twice"
        seen.add(name)


def entries_of(order: SendLocalList) -> tuple[Entry, ...]:
    """The entries with what they leave out: a type, and Accepted."""
    return tuple(_whole(entry) for entry in order.entries or ())


def _whole(entry: Mapping[str, Any]) -> Entry:
    named = {"uid": entry["uid"], "type": _kind(entry)}
    if entry.get("remove"):
        return named | {"remove": True}
    told = {name: value for name, value in entry.items() if value and name != "remove"}
    return named | {"status": "Accepted"} | told


def _kind(entry: Mapping[str, Any]) -> str:
    return str(entry.get("type") or "ISO14443")


def _entry_problems(entry: Mapping[str, Any], order: SendLocalList) -> Iterator[str]:
    yield from (f"unknown member {name!r}" for name in entry if name not in _MEMBERS)
    if not isinstance(entry.get("uid"), str) or not entry["uid"]:
        yield "'uid' is required"
    for name, longest in _LONGEST.items():
        if name in entry and not (isinstance(entry[name], str) and len(entry[name]) <= longest):
            yield f"{name!r} is a string of at most {longest} characters"
    if entry.get("remove") and order.mode == "full":
        yield "a full list removes nothing; leave the token out"
    if entry.get("status", "Accepted") not in _STATUSES:
        yield f"'status' is one of {', '.join(_STATUSES)}"
    if entry.get("expires_at") and parse_instant(entry["expires_at"]) is None:
        yield "'expires_at' is an instant with its zone, such as 2030-01-31T12:00:00Z"
    if not _is_priority(entry.get("charging_priority", 0)):
        yield "'charging_priority' is a whole number from -9 to 9"


def _is_priority(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -9 <= value <= 9
