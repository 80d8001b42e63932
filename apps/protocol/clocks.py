"""What a message says of its station's clock: the instant at which it was made, if it tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.protocol import timestamps

_MEMBERS = {
    "StartTransaction": "timestamp",
    "StatusNotification": "timestamp",
    "StopTransaction": "timestamp",
    "TransactionEvent": "timestamp",
    "NotifyEvent": "generatedAt",
}


def said_in(action: str, payload: Mapping[str, Any]) -> datetime | None:
    """None where it tells none, or says of itself that it is a replay."""
    if action == "MeterValues":
        return _last(payload.get("meterValue"))
    name = _MEMBERS.get(action)
    if name is None or payload.get("offline") is True:
        return None
    return timestamps.read(payload.get(name))


def _last(meter_values: Any) -> datetime | None:
    if not isinstance(meter_values, list) or not meter_values:
        return None
    last = meter_values[-1]
    return timestamps.read(last.get("timestamp")) if isinstance(last, dict) else None
