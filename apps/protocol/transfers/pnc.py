"""Plug & Charge over OCPP 1.6: messages of 2.0.1 as JSON text in DataTransfer.

Application note "Using ISO 15118 Plug & Charge with OCPP 1.6" (2020). Certificates of our
servers and of the station itself stay with the messages of the security extension.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from apps.domain.answers import Answer, TokenAnswer
from apps.domain.command import Command
from apps.domain.events import Event
from apps.domain.vocabulary import Protocol, TokenStatus
from apps.protocol import validation
from apps.protocol.codec import Outcome
from apps.protocol.outbound import plain_outcome
from apps.protocol.transfers.vendor import Handler, Unreadable, Vendor
from apps.protocol.v201 import answers
from apps.protocol.v201 import certificates as v201

VENDOR_ID = "org.openchargealliance.iso15118pnc"
KINDS = frozenset({"v2g_root", "mo_root", "v2g_chain"})
# What the note leaves out and 2.0.1 wants: here a request can only be about a vehicle.
_IMPLIED: Mapping[str, dict[str, str]] = {
    "Get15118EVCertificate": {"action": "Install"},
    "SignCertificate": {"certificateType": "V2GCertificate"},
}
_STATUSES = frozenset(
    {TokenStatus.ACCEPTED, TokenStatus.BLOCKED, TokenStatus.CONCURRENT_TX, TokenStatus.EXPIRED}
)

Payload = dict[str, Any]
Written = tuple[str, Payload]


def write(command: Command) -> Written:
    """A certificate command of 2.0.1, within a transfer."""
    message_id, payload = v201.WRITERS[type(command)](command)
    return "DataTransfer", {
        "vendorId": VENDOR_ID,
        "messageId": message_id,
        "data": orjson.dumps(payload).decode(),
    }


def outcome(command: Command, payload: Payload) -> Outcome:
    """The inner answer where there is one, else the verdict on the transfer."""
    status = payload.get("status")
    if status != "Accepted":
        return Outcome("rejected", status if isinstance(status, str) else "")
    message_id, _ = v201.WRITERS[type(command)](command)
    try:
        inner = _object(payload.get("data"))
    except Unreadable as trouble:
        return Outcome("rejected", str(trouble))
    return v201.OUTCOMES.get(message_id, plain_outcome)(inner)


def _read(message_id: str, data: Any, received_at: datetime) -> Event:
    inner: Payload = {**_IMPLIED.get(message_id, {}), **_object(data)}
    if message_id == "Authorize" and isinstance(inner.get("idToken"), str):
        inner["idToken"] = {"idToken": inner["idToken"], "type": "eMAID"}
    for problem in validation.problems(Protocol.OCPP201, message_id, "request", inner):
        raise Unreadable(f"{message_id}{problem.path}: {problem.message}")
    return v201.READERS[message_id](inner, received_at)


def _write(message_id: str, answer: Answer) -> str:
    """Of the verdicts on a token, those that 1.6 knows; the rest are Invalid."""
    if isinstance(answer, TokenAnswer) and answer.status not in _STATUSES:
        answer = replace(answer, status=TokenStatus.INVALID)
    return orjson.dumps(answers.write(message_id, answer)).decode()


def _object(data: Any) -> Payload:
    """The JSON object that ``data`` is, or holds as text."""
    try:
        inner = orjson.loads(data) if isinstance(data, str) else data
    except orjson.JSONDecodeError as trouble:
        raise Unreadable(f"the data is no JSON: {trouble}") from trouble
    if not isinstance(inner, dict):
        raise Unreadable("the data is no JSON object")
    return inner


VENDOR = Vendor(
    vendor_id=VENDOR_ID,
    protocols=frozenset({Protocol.OCPP16}),
    messages={
        message_id: Handler(partial(_read, message_id), partial(_write, message_id))
        for message_id in v201.READERS
    },
)
