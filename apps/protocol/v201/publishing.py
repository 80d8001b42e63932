"""Firmware that is published by a local controller, in OCPP 2.0.1 (L03, L04)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain.command import Command
from apps.domain.events import Event
from apps.domain.publishing import PublishFirmware, PublishProgressed, UnpublishFirmware
from apps.protocol.members import count

Payload = dict[str, Any]
Written = tuple[str, Payload]


def _publish(command: PublishFirmware, request_id: int) -> Written:
    payload = {
        "location": command.location,
        "checksum": command.checksum,
        "requestId": request_id,
    }
    optional = {"retries": command.retries, "retryInterval": command.retry_interval_s}
    return "PublishFirmware", payload | {k: v for k, v in optional.items() if v is not None}


def _unpublish(command: UnpublishFirmware) -> Written:
    return "UnpublishFirmware", {"checksum": command.checksum}


def _progressed(payload: Payload, _received_at: datetime) -> Event:
    locations = payload.get("location", ())
    return PublishProgressed(payload["status"], count(payload.get("requestId")), tuple(locations))


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {UnpublishFirmware: _unpublish}
NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {PublishFirmware: _publish}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "PublishFirmwareStatusNotification": _progressed,
}
