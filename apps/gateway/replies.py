"""Answers of the business as frames of the station's version."""

from collections.abc import Callable
from typing import Any

import orjson

from apps.batch.items import Reply
from apps.domain.answers import Answer, BootAnswer, Refusal
from apps.gateway.link import Link
from apps.journal.masking import masked
from apps.journal.secrecy import may_tell
from apps.protocol import errors, frames, translation
from apps.protocol.frames import Call


def writer(
    link: Link, call: Call, on_boot: Callable[[BootAnswer], None]
) -> Callable[[Answer], Reply]:
    """How to answer ``call``; ``on_boot`` hears what a station was told after its boot."""

    def write(answer: Answer) -> Reply:
        if isinstance(answer, Refusal):
            return refusal(link, call.reply_id, answer.code, answer.description)
        if isinstance(answer, BootAnswer):
            on_boot(answer)
        payload = translation.write(link.codec, call.action, call.payload, answer)
        return _result(call.reply_id, json_text(payload))

    return write


def refusal(link: Link, message_id: str | int, code: str, description: str) -> Reply:
    """A CALLERROR in the spelling of the link's version."""
    spelled = errors.spell(code, link.protocol)
    text = description[: frames.MAX_DESCRIPTION]
    payload = json_text({"code": spelled, "description": text})
    return Reply(frames.encode_error(message_id, spelled, text), payload, "error", spelled)


def json_text(payload: Any) -> str:
    return orjson.dumps(payload).decode()


def masked_text(payload: Any) -> str:
    """JSON text of ``payload`` for the journal, without secrets."""
    return json_text(masked(payload))


def _result(message_id: str | int, payload: str) -> Reply:
    kept = masked_text(orjson.loads(payload)) if may_tell(payload) else payload
    return Reply(f"[3,{json_text(message_id)},{payload}]", kept)
