"""OCPP-J frames: text to message and back. Nothing that is received raises.

    text                                              decode gives
    [2, id, action, {…} or null]                      Call (null is {})
    [3, id, {…} or null]                              CallResult (null is {})
    [4, id, code, …up to two more, of any type]       CallError
    [n, …] with another or no whole number n          Malformed, silent: a type of the future
    [3 or 4, …] broken in any way                     Malformed, silent: an answer gets no answer
    [2, id, …] with wrong number, action or payload   Malformed, answerable under its id
    [2, …] whose id is no string of ≤ 36 characters   Malformed, answerable under "-1"
    broken JSON that begins [2,"id", (or [3, [4)      as the lines above say
    anything else: no JSON, no array, empty array     Malformed, answerable under "-1"

Where an action can be read of a malformed call, that call is ``meant``: a type that is the text
"2"; an id that is a number (answered as one), null or too long; one element too many or too few; a
payload that is no object; NaN or half a character in it; text in single quotes, a comma before a
closing bracket, zeros before a number. It is for others to take it for that.

NaN, infinities, lone surrogates, invalid UTF-8 and more than 254 levels are broken JSON.
Of duplicate members the last wins. Integers beyond 64 bits arrive as floats. ``\\u0000`` is
replaced by U+FFFD, because no database can keep it.
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from apps.protocol import lenient
from apps.protocol.errors import ErrorCode

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4
MAX_MESSAGE_ID = 36
_LONGEST_MEANT = 255
MAX_DEPTH = 254
NO_ID = "-1"
MAX_DESCRIPTION = 255

_BEGINNING = re.compile(
    r"""\s*\[\s*(-?\d+)\s*(?:,\s*["']([^"'\\]{0,36})["']\s*(,\s*["']\w+["']\s*,)?)?"""
)


@dataclass(frozen=True, slots=True)
class Call:
    """``is_numbered``: its id came as a number, and is answered as one."""

    message_id: str
    action: str
    payload: dict[str, Any]
    is_numbered: bool = False

    @property
    def reply_id(self) -> str | int:
        return int(self.message_id) if self.is_numbered else self.message_id


@dataclass(frozen=True, slots=True)
class CallResult:
    message_id: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallError:
    """``code`` as the station spelled it; ``details`` whatever stood there."""

    message_id: str
    code: str
    description: str = ""
    details: Any = None


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that is none. ``answerable``: send a CALLERROR ``code`` to ``message_id``.

    A silent one that names a ``message_id`` is a broken answer to our call of that id.
    ``meant``: the call that it may be taken for, and ``oddity`` what had to be excused for it:
    odd_payload, odd_frame, no_number or json_repaired.
    """

    reason: str
    message_id: str | None
    answerable: bool
    raw: str
    code: str = ErrorCode.RPC_FRAMEWORK_ERROR
    meant: Call | None = None
    oddity: str = ""


Frame = Call | CallResult | CallError | Malformed


def decode(text: str | bytes) -> Frame:
    """One received WebSocket message; see the table above."""
    try:
        parts = orjson.loads(_without_nul(text))
        _require_writable(parts, text)
    except (ValueError, TypeError, RecursionError) as problem:
        return _broken(text, f"not JSON: {problem}")
    if type(parts) is not list or not parts:
        return Malformed("not a JSON array", NO_ID, True, _readable(text))
    if len(parts) == 4 and type(parts[0]) is int and parts[0] == CALL:
        _, message_id, action, payload = parts
        if _is_id(message_id) and type(action) is str and type(payload) is dict:
            return Call(message_id, action, payload)
    return _others(parts, text)


def encode_call(message_id: str, action: str, payload: dict[str, Any]) -> str:
    return orjson.dumps([CALL, message_id, action, payload]).decode()


def encode_result(message_id: str, payload: dict[str, Any]) -> str:
    return orjson.dumps([CALL_RESULT, message_id, payload]).decode()


def encode_error(
    message_id: str | int, code: str, description: str = "", details: dict[str, Any] | None = None
) -> str:
    """``code`` in wire spelling, see errors.spell."""
    frame = [CALL_ERROR, message_id, code, description[:MAX_DESCRIPTION], details or {}]
    return orjson.dumps(frame).decode()


def _without_nul(text: str | bytes) -> str | bytes:
    if isinstance(text, bytes):
        return text.replace(b"\\u0000", b"\\ufffd") if b"\\u0000" in text else text
    return text.replace("\\u0000", "\\ufffd") if "\\u0000" in text else text


def _require_writable(parts: Any, text: str | bytes) -> None:
    """TypeError where it is nested deeper than can be written again, as in the journal."""
    if isinstance(text, bytes):
        opened = text.count(b"[") + text.count(b"{")
    else:
        opened = text.count("[") + text.count("{")
    if opened > MAX_DEPTH:
        orjson.dumps(parts)


def _readable(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def _broken(text: str | bytes, reason: str) -> Malformed:
    raw = _readable(text)
    beginning = _BEGINNING.match(raw.lstrip("\ufeff"))
    if beginning is None:
        return Malformed(reason, NO_ID, True, raw)
    kind, message_id, payload_began = beginning.groups()
    if kind != "2":
        return Malformed(reason, message_id if kind in ("3", "4") else None, False, raw)
    code = ErrorCode.FORMAT_VIOLATION if payload_began else ErrorCode.RPC_FRAMEWORK_ERROR
    named = NO_ID if message_id is None else message_id
    meant, oddity = _meant_in(raw), "no_number"
    if meant is None:
        meant, oddity = _meant_in(lenient.mended(raw)), "json_repaired"
    return Malformed(reason, named, True, raw, code, meant, oddity if meant else "")


def _meant_in(raw: str) -> Call | None:
    try:
        parts = lenient.loads(raw)
        _require_writable(parts, raw)
    except (ValueError, TypeError, RecursionError):
        return None
    is_call = type(parts) is list and len(parts) > 1 and type(parts[0]) is int and parts[0] == CALL
    return _meant_call(parts) if is_call else None


def _others(parts: list[Any], text: str | bytes) -> Frame:
    kind = parts[0] if type(parts[0]) is int else None
    message_id = parts[1] if len(parts) > 1 and _is_id(parts[1]) else None
    if kind == CALL:
        return _unusual_call(parts, message_id, text)
    if message_id is not None and len(parts) > 2:
        if kind == CALL_RESULT and (parts[2] is None or type(parts[2]) is dict):
            return CallResult(message_id, parts[2] or {})
        if kind == CALL_ERROR:
            return _call_error(message_id, *parts[2:5])
    if kind in (CALL_RESULT, CALL_ERROR):
        return Malformed("not a valid answer", message_id, False, _readable(text))
    is_call = isinstance(parts[0], str) and parts[0].strip() == str(CALL)
    meant = _meant_call(parts) if is_call else None
    oddity = "odd_frame" if meant else ""
    return Malformed("unknown message type", None, False, _readable(text), "", meant, oddity)


def _unusual_call(parts: list[Any], message_id: str | None, text: str | bytes) -> Frame:
    """``parts`` may lack a payload, or have one that is no object."""
    code: str = ErrorCode.RPC_FRAMEWORK_ERROR
    oddity = "odd_frame"
    if message_id is None:
        reason = f"the message id must be a string of at most {MAX_MESSAGE_ID} characters"
    elif len(parts) not in (3, 4):
        reason = f"a call has 4 elements, not {len(parts)}"
    elif not isinstance(parts[2], str):
        reason = "the action must be a string"
    elif len(parts) == 3:
        reason, oddity = "a call has 4 elements, not 3", "odd_payload"
    elif parts[3] is None:
        return Call(message_id, parts[2], {})
    else:
        reason, code = "the payload must be an object", ErrorCode.FORMAT_VIOLATION
        oddity = "odd_payload"
    meant = _meant_call(parts)
    return Malformed(reason, NO_ID if message_id is None else message_id, True,
                     _readable(text), code, meant, oddity if meant else "")  # fmt: skip


def _meant_call(parts: list[Any]) -> Call | None:
    """The call in ``parts``, if they name an action and an id that may be one."""
    message_id = parts[1] if len(parts) > 1 else ""
    is_numbered = type(message_id) is int
    named = str(message_id) if is_numbered else NO_ID if message_id is None else message_id
    if not isinstance(named, str) or len(named) > _LONGEST_MEANT:
        return None
    if len(parts) < 3 or not isinstance(parts[2], str):
        return None
    return Call(named, parts[2], _meant(parts[3] if len(parts) > 3 else {}), is_numbered)


def _meant(payload: Any) -> dict[str, Any]:
    """The object in a list of one, or in a JSON text; {} where there is none."""
    if isinstance(payload, str) and payload.lstrip().startswith("{"):
        try:
            payload = orjson.loads(payload)
        except ValueError:
            return {}
    if isinstance(payload, list) and len(payload) == 1:
        payload = payload[0]
    return payload if isinstance(payload, dict) else {}


def _call_error(message_id: str, code: Any, description: Any = "", details: Any = None) -> Frame:
    words = description if isinstance(description, str) else orjson.dumps(description).decode()
    return CallError(message_id, code if isinstance(code, str) else str(code), words, details)


def _is_id(value: Any) -> bool:
    return type(value) is str and len(value) <= MAX_MESSAGE_ID
