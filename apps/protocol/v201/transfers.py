"""DataTransfer as OCPP 2.0.1 sends it: data of any type (P01)."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.command import Command
from apps.domain.transfers import TransferData
from apps.domain.vocabulary import Protocol
from apps.protocol.transfers import writers

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _transfer(command: TransferData) -> Written:
    payload: Payload = {"vendorId": command.vendor_id}
    if command.message_id:
        payload["messageId"] = command.message_id
    return "DataTransfer", payload | ({} if command.data is None else {"data": command.data})


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    TransferData: _transfer,
    **writers(Protocol.OCPP201),
}
