"""DataTransfer as OCPP 1.6 sends it: data is text (§4.3)."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

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
    if command.data is not None:
        is_text = isinstance(command.data, str)
        payload["data"] = command.data if is_text else orjson.dumps(command.data).decode()
    return "DataTransfer", payload


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    TransferData: _transfer,
    **writers(Protocol.OCPP16),
}
