"""What to send next, so that a station comes to hold what it should. Pure.

One update is one message that the station can take. While it is not known what the station
holds, a Full update with as much as fits comes first; then Differentials with a raised
version bring the rest (OCPP 2.0.1 D01, 1.6 §5.15). Whatever changes on the way is in the next
update, because each is the difference between what is wanted and what was acknowledged.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
Held = Mapping[str, str]  # key of a token → digest of what the station was told of it
Wanted = Mapping[str, Entry]  # key of a token → its entry

FRAME_BYTES = 140
_ENTRY_BYTES = 75
_MEMBER_BYTES = 55


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message, and the whole list, may hold; None is no limit."""

    entries_per_message: int | None = None
    bytes_per_message: int | None = None
    entries: int | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """One SendLocalList. ``mode``: "full" or "differential"."""

    mode: str
    version: int
    entries: tuple[Entry, ...]


def key(uid: str, kind: str) -> str:
    """What tells tokens apart: the type, and the uid without regard to case."""
    return f"{kind}|{uid.upper()}"


def next_update(
    held: Held | None, wanted: Wanted, version: int, limits: Limits | None = None
) -> Update | None:
    """The next message to a station whose highest version is ``version``; None: it is done."""
    bounds = limits or Limits()
    if held is None or (held and not wanted):
        first = _portion([wanted[name] for name in sorted(wanted)], bounds)
        return Update("full", version + 1, first)
    gone = [_removal(name) for name in sorted(held.keys() - wanted.keys())]
    changed = [wanted[name] for name in sorted(wanted) if held.get(name) != digest(wanted[name])]
    if not gone and not changed:
        return None
    return Update("differential", version + 1, _portion([*gone, *changed], bounds))


def applied(held: Held | None, mode: str, entries: Iterable[Entry]) -> dict[str, str]:
    """What the station holds once it has accepted a message."""
    known = {} if mode == "full" or held is None else dict(held)
    for entry in entries:
        name = key(entry["uid"], entry["type"])
        if entry.get("remove"):
            known.pop(name, None)
        else:
            known[name] = digest(entry)
    return known


def within(wanted: Wanted, limits: Limits, without: Iterable[str] = ()) -> dict[str, Entry]:
    """What of ``wanted`` one station gets: not those ``without``, and no more than it can hold."""
    left_out = set(without)
    names = [name for name in sorted(wanted) if name not in left_out]
    return {name: wanted[name] for name in names[: limits.entries]}


def digest(entry: Entry) -> str:
    """Short, and different wherever what the station is told is different."""
    told = {name: value for name, value in entry.items() if name not in ("uid", "type")}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def fingerprint(held: Held) -> str:
    """The same for two stations that hold the same."""
    text = json.dumps(held, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def weight(entry: Entry) -> int:
    """Bytes that an entry takes in a message of either version, at most."""
    members = (_json_bytes(value) + _MEMBER_BYTES for value in entry.values())
    return _ENTRY_BYTES + sum(members)


def _portion(entries: list[Entry], limits: Limits) -> tuple[Entry, ...]:
    """As many as fit one message; one at least, or nothing would ever go."""
    room = limits.entries_per_message or len(entries)
    taken, size = 0, FRAME_BYTES
    for entry in entries[:room]:
        size += weight(entry)
        if taken and limits.bytes_per_message and size > limits.bytes_per_message:
            break
        taken += 1
    return tuple(entries[:taken])


def _removal(name: str) -> Entry:
    kind, _, uid = name.partition("|")
    return {"uid": uid, "type": kind, "remove": True}


def _json_bytes(value: Any) -> int:
    """With every character above ASCII counted as its escape is."""
    return len(json.dumps(value))
