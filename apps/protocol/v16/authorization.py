"""Authorization cache and local list in OCPP 1.6 (§5.4, §5.10, §5.15)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apps.domain.authorization import ClearCache, GetLocalListVersion, SendLocalList
from apps.domain.commands import Command
from apps.protocol.codec import Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import entry_verdict
from apps.protocol.v16.answers import MAX_TAG, tag_info

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _clear(_command: ClearCache) -> Written:
    return "ClearCache", {}


def _send(command: SendLocalList) -> Written:
    if not command.version or command.mode == "auto":
        raise CannotEncode("a local list needs a version above 0 and a mode")
    kind = "Full" if command.mode == "full" else "Differential"
    payload: Payload = {"listVersion": command.version, "updateType": kind}
    if command.entries:
        payload["localAuthorizationList"] = _list(command.entries)
    return "SendLocalList", payload


def _list(entries: Iterable[Payload]) -> list[Payload]:
    """A tag has no type and at most 20 characters: longer ones no station of 1.6 can hold."""
    by_tag: dict[str, Payload] = {}
    for entry in entries:
        tag = str(entry["uid"])
        if len(tag) <= MAX_TAG and (tag.casefold() not in by_tag or not entry.get("remove")):
            by_tag[tag.casefold()] = entry
    return [_entry(entry) for entry in by_tag.values()]


def _entry(entry: Payload) -> Payload:
    """Without idTagInfo the station removes the tag."""
    if entry.get("remove"):
        return {"idTag": entry["uid"]}
    return {"idTag": entry["uid"], "idTagInfo": tag_info(entry_verdict(entry))}


def _ask(_command: GetLocalListVersion) -> Written:
    return "GetLocalListVersion", {}


def _version(payload: Payload) -> Outcome:
    """``detail`` is the number: -1 where the station has no local lists."""
    number = payload.get("listVersion")
    return Outcome("accepted", str(number) if isinstance(number, int) else "")


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    ClearCache: _clear,
    GetLocalListVersion: _ask,
    SendLocalList: _send,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {"GetLocalListVersion": _version}
