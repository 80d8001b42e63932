"""One registry of what DataTransfer means: (vendor, message) → how to read and answer it.

A message in the registry comes in as an event of the domain and is handled like any other; its
answer leaves as the data of the transfer. The others are told why not: UnknownVendorId,
UnknownMessageId, or Rejected for data that cannot be read. A vendor's commands go the other way.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain.answers import Answer, DataTransferAnswer
from apps.domain.command import Command
from apps.domain.events import DataTransferred, Event
from apps.domain.vocabulary import Protocol
from apps.protocol.codec import Outcome
from apps.protocol.members import text
from apps.protocol.outbound import transferred
from apps.protocol.transfers import costs, pnc
from apps.protocol.transfers.vendor import Handler, Payload, Unreadable, Vendor, each_once

__all__ = ["ACTION", "VENDORS", "data_of", "outcome_of", "read", "writers"]

ACTION = "DataTransfer"
VENDORS: Mapping[str, Vendor] = each_once(
    (vendor.vendor_id.casefold(), vendor)
    for vendor in (costs.VENDOR, pnc.VENDOR)
)  # fmt: skip
_OUTCOMES = each_once(
    (kind, outcome) for vendor in VENDORS.values() for kind, outcome in vendor.outcomes.items()
)


def read(protocol: Protocol, payload: Payload, received_at: datetime) -> Event:
    """The event that the data of a transfer tells, or why it cannot be read."""
    vendor_id, message_id = text(payload, "vendorId"), text(payload, "messageId")
    data, problem = payload.get("data"), ""
    found = _find(protocol, payload)
    if isinstance(found, Handler):
        try:
            return found.read(data, received_at)
        except Unreadable as trouble:
            problem = str(trouble)
    verdict = "Rejected" if isinstance(found, Handler) else found
    return DataTransferred(vendor_id, message_id, data, verdict, problem)


def data_of(protocol: Protocol, asked: Payload, answer: Answer) -> Answer:
    """The answer to the transfer that was ``asked``: its data says what ``answer`` does."""
    if isinstance(answer, DataTransferAnswer):
        return answer
    found = _find(protocol, asked)
    return (
        DataTransferAnswer("Accepted", found.write(answer))
        if isinstance(found, Handler)
        else answer
    )


def writers(protocol: Protocol) -> dict[type[Command], Callable[[Any], tuple[str, Payload]]]:
    """The commands that a version can only say in the words of a vendor."""
    return each_once(
        (kind, writer)
        for vendor in VENDORS.values()
        if protocol in vendor.protocols
        for kind, writer in vendor.writers.items()
    )


def outcome_of(command: Command, payload: Payload) -> Outcome:
    """What the answer to a transfer means, its own or of a command that only it could carry."""
    outcome = _OUTCOMES.get(type(command))
    return outcome(command, payload) if outcome else transferred(payload)


def _find(protocol: Protocol, payload: Payload) -> Handler | str:
    """How to handle a transfer, or the status that says why it cannot be."""
    vendor = VENDORS.get(text(payload, "vendorId").casefold())
    if vendor is None or protocol not in vendor.protocols:
        return "UnknownVendorId"
    return vendor.messages.get(text(payload, "messageId"), "UnknownMessageId")
