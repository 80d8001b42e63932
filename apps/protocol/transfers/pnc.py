"""Plug & Charge over OCPP 1.6: messages of 2.0.1 as JSON text in DataTransfer.

Application note "Using ISO 15118 Plug & Charge with OCPP 1.6" (2020). Certificates of our
servers and of the station itself stay with the messages of the security extension.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from apps.domain.answers import Answer, TokenAnswer
from apps.domain.command import Command
from apps.domain.vocabulary import Protocol, TokenStatus
from apps.protocol.codec import Outcome
from apps.protocol.outbound import plain_outcome
from apps.protocol.transfers.vendor import Payload, Unreadable, Vendor, json_object, transfer
from apps.protocol.transfers.within import message
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

Written = tuple[str, Payload]


def write(command: Command) -> Written:
    """A certificate command of 2.0.1, within a transfer."""
    return transfer(VENDOR_ID, *v201.WRITERS[type(command)](command))


def _outcome(command: Command, payload: Payload) -> Outcome:
    """The inner answer where there is one, else the verdict on the transfer."""
    status = payload.get("status")
    if status != "Accepted":
        return Outcome("rejected", status if isinstance(status, str) else "")
    message_id, _ = v201.WRITERS[type(command)](command)
    try:
        inner = json_object(payload.get("data"))
    except Unreadable as trouble:
        return Outcome("rejected", str(trouble))
    return v201.OUTCOMES.get(message_id, plain_outcome)(inner)


def _completed(message_id: str, payload: Payload) -> Payload:
    inner: Payload = {**_IMPLIED.get(message_id, {}), **payload}
    if message_id == "Authorize" and isinstance(inner.get("idToken"), str):
        inner["idToken"] = {"idToken": inner["idToken"], "type": "eMAID"}
    return inner


def _told(answer: Answer) -> Answer:
    """Of the verdicts on a token, those that 1.6 knows; the rest are Invalid."""
    if isinstance(answer, TokenAnswer) and answer.status not in _STATUSES:
        return replace(answer, status=TokenStatus.INVALID)
    return answer


VENDOR = Vendor(
    vendor_id=VENDOR_ID,
    protocols=frozenset({Protocol.OCPP16}),
    messages={
        name: message(name, completed=partial(_completed, name), told=_told)
        for name in v201.READERS
    },
    writers={},  # v16 writes certificates, and asks ``write`` for those of vehicles
    outcomes=dict.fromkeys(v201.WRITERS, _outcome),
)
