"""One registry of what DataTransfer means: (vendor, message) → how to read and answer it.

A message in the registry comes in as an event of the domain and is handled like any other; its
answer leaves as the data of the transfer. The others are told why not: UnknownVendorId,
UnknownMessageId, or Rejected for data that cannot be read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.domain.answers import Answer, DataTransferAnswer
from apps.domain.events import DataTransferred, Event
from apps.protocol.codec import Codec
from apps.protocol.members import text
from apps.protocol.transfers import costs, pnc
from apps.protocol.transfers.vendor import Handler, Unreadable, Vendor

__all__ = ["ACTION", "VENDORS", "Handler", "Unreadable", "Vendor", "read", "write"]

ACTION = "DataTransfer"
VENDORS: Mapping[str, Vendor] = {
    vendor.vendor_id.casefold(): vendor
    for vendor in (costs.VENDOR, pnc.VENDOR)
}  # fmt: skip

Payload = dict[str, Any]


def read(codec: Codec, action: str, payload: Payload, received_at: datetime) -> Event:
    """As ``codec.read``; of a transfer, the event that its data tells."""
    if action != ACTION:
        return codec.read(action, payload, received_at)
    vendor_id, message_id = text(payload, "vendorId"), text(payload, "messageId")
    data, problem = payload.get("data"), ""
    found = _find(codec, payload)
    if isinstance(found, Handler):
        try:
            return found.read(data, received_at)
        except Unreadable as trouble:
            problem = str(trouble)
    verdict = "Rejected" if isinstance(found, Handler) else found
    return DataTransferred(vendor_id, message_id, data, verdict, problem)


def write(codec: Codec, action: str, asked: Payload, answer: Answer) -> Payload:
    """As ``codec.write``; the answer to a transfer that was ``asked`` is in its data."""
    if action != ACTION or isinstance(answer, DataTransferAnswer):
        return codec.write(action, answer)
    found = _find(codec, asked)
    if not isinstance(found, Handler):
        return codec.write(action, answer)
    return codec.write(action, DataTransferAnswer("Accepted", found.write(answer)))


def _find(codec: Codec, payload: Payload) -> Handler | str:
    """How to handle a transfer, or the status that says why it cannot be."""
    vendor = VENDORS.get(text(payload, "vendorId").casefold())
    if vendor is None or codec.protocol not in vendor.protocols:
        return "UnknownVendorId"
    return vendor.messages.get(text(payload, "messageId"), "UnknownMessageId")
