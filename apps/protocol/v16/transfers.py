"""DataTransfer as OCPP 1.6 sends it: data is text (§4.3)."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from apps.domain.command import Command
from apps.domain.transfers import TransferData
from apps.protocol.codec import Outcome
from apps.protocol.outbound import transferred
from apps.protocol.transfers import costs, pnc

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


def outcome(command: Command, payload: Payload) -> Outcome:
    """Of a transfer of its own, or of a command that only a transfer could carry."""
    if type(command) in WRITERS:
        return transferred(payload)
    return pnc.outcome(command, payload)


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    TransferData: _transfer,
    **costs.WRITERS,
}
