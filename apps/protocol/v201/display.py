"""Display messages in OCPP 2.0.1 (block O)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain.command import Command
from apps.domain.display import (
    ClearDisplayMessage,
    Displayed,
    DisplayReported,
    GetDisplayMessages,
    SetDisplayMessage,
    display_name,
)
from apps.domain.events import Event
from apps.domain.instants import in_utc
from apps.protocol import timestamps
from apps.protocol.codec import Outcome
from apps.protocol.members import count
from apps.protocol.outbound import members, plain_outcome

NONE_FOUND = "Unknown"

Payload = dict[str, Any]
Written = tuple[str, Payload]


def asked(payload: Payload) -> Outcome:
    """Unknown is an answer too: there is no such message (O03.FR.04)."""
    plain = plain_outcome(payload)
    return Outcome("accepted", NONE_FOUND) if plain.detail == NONE_FOUND else plain


def _set(command: SetDisplayMessage) -> Written:
    content: Payload = {"format": command.format, "content": command.content}
    if command.language:
        content["language"] = command.language
    message: Payload = {
        "id": command.message_id,
        "priority": command.priority,
        "message": content,
    }
    optional = {
        "state": command.state,
        "startDateTime": command.starts_at and in_utc(command.starts_at),
        "endDateTime": command.ends_at and in_utc(command.ends_at),
        "transactionId": command.transaction_id,
        "display": command.display,
    }
    message |= {name: value for name, value in optional.items() if value}
    return "SetDisplayMessage", {"message": message}


def _get(command: GetDisplayMessages, request_id: int) -> Written:
    payload: Payload = {"requestId": request_id}
    if command.ids:
        payload["id"] = list(command.ids)
    wanted = {"priority": command.priority, "state": command.state}
    return "GetDisplayMessages", payload | {name: word for name, word in wanted.items() if word}


def _clear(command: ClearDisplayMessage) -> Written:
    return "ClearDisplayMessage", {"id": command.message_id}


def _reported(payload: Payload, _received_at: datetime) -> Event:
    found = (_message(item) for item in members(payload.get("messageInfo")))
    return DisplayReported(
        request_id=count(payload["requestId"]) or 0,
        is_last=not payload.get("tbc", False),
        messages=tuple(message for message in found if message is not None),
    )


def _message(item: Payload) -> Displayed | None:
    number, content = count(item["id"]), item["message"]
    if number is None:
        return None
    return Displayed(
        number=number,
        priority=item["priority"],
        format=content["format"],
        content=content["content"],
        language=content.get("language", ""),
        state=item.get("state", ""),
        starts_at=_instant(item.get("startDateTime")),
        ends_at=_instant(item.get("endDateTime")),
        transaction_id=item.get("transactionId", ""),
        display=display_name(item.get("display")),
    )


def _instant(value: str | None) -> datetime | None:
    """As it was told: a message may well begin or end years from now."""
    return timestamps.parse(value) if value else None


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    ClearDisplayMessage: _clear,
    SetDisplayMessage: _set,
}
NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {GetDisplayMessages: _get}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {"NotifyDisplayMessages": _reported}
