"""Authorization cache and local list in OCPP 2.0.1 (C11, D01, D02)."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.authorization import ClearCache, GetLocalListVersion, SendLocalList
from apps.domain.commands import Command
from apps.protocol.codec import Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import entry_verdict
from apps.protocol.v201.answers import token_info

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _clear(_command: ClearCache) -> Written:
    return "ClearCache", {}


def _send(command: SendLocalList) -> Written:
    """An empty list is left out: a Full update without one empties the station's list (D_04)."""
    if not command.version or command.mode == "auto":
        raise CannotEncode("a local list needs a version above 0 and a mode")
    kind = "Full" if command.mode == "full" else "Differential"
    payload: Payload = {"versionNumber": command.version, "updateType": kind}
    if command.entries:
        payload["localAuthorizationList"] = [_entry(entry) for entry in command.entries]
    return "SendLocalList", payload


def _entry(entry: Payload) -> Payload:
    """Without idTokenInfo the station removes the token."""
    token: Payload = {"idToken": {"idToken": entry["uid"], "type": entry["type"]}}
    if entry.get("remove"):
        return token
    return token | {"idTokenInfo": token_info(entry_verdict(entry))}


def _ask(_command: GetLocalListVersion) -> Written:
    return "GetLocalListVersion", {}


def _version(payload: Payload) -> Outcome:
    """``detail`` is the number."""
    number = payload.get("versionNumber")
    return Outcome("accepted", str(number) if isinstance(number, int) else "")


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    ClearCache: _clear,
    GetLocalListVersion: _ask,
    SendLocalList: _send,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {"GetLocalListVersion": _version}
