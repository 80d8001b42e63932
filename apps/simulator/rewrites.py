"""What each quirk does to an outgoing message. Pure but for the memory handed in.

A rewrite takes a message and says which messages really leave, in order.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from apps.simulator.limits import parse_time
from apps.simulator.wire import Message, Payload, rfc3339

INT64_MAX = 9_223_372_036_854_775_807


@dataclass
class Memory:
    """What a quirk remembers of the messages before; the mappings are by place."""

    first_at: datetime | None = None
    energy_wh: dict[Any, float | None] = field(default_factory=dict)
    last_update: dict[Any, Message] = field(default_factory=dict)
    held: Message | None = None
    updates: int = 0
    updates_at: Counter[Any] = field(default_factory=Counter)
    has_phantom: bool = False


Rewrite = Callable[[Message, Memory], list[Message]]


def memoryless(edit: Callable[[Message], list[Message]]) -> Rewrite:
    def rewrite(message: Message, _memory: Memory) -> list[Message]:
        return edit(message)

    return rewrite


def is_start(message: Message) -> bool:
    return message.action == "StartTransaction" or _event_type(message) == "Started"


def is_update(message: Message) -> bool:
    return message.action == "MeterValues" or _event_type(message) == "Updated"


def is_end(message: Message) -> bool:
    return message.action == "StopTransaction" or _event_type(message) == "Ended"


def place_of(message: Message) -> Any:
    """The EVSE that a message is about, None where it does not say."""
    if message.session is not None:
        return message.session.evse_id
    payload = message.payload
    return payload.get("connectorId") if "evseId" not in payload else payload["evseId"]


def _event_type(message: Message) -> Any:
    return message.payload.get("eventType")


def with_fields(message: Message, **fields: Any) -> Message:
    return replace(message, payload=message.payload | fields)


@memoryless
def duplicate_start(message: Message) -> list[Message]:
    return [message, message] if is_start(message) else [message]


@memoryless
def lost_stop(message: Message) -> list[Message]:
    if is_end(message):
        return []
    if message.payload.get("status") == "Finishing":
        return [with_fields(message, status="Available")]
    return [message]


def lost_stop_on_second(message: Message, memory: Memory) -> list[Message]:
    return lost_stop(message, memory) if place_of(message) == 2 else [message]


@memoryless
def lost_start(message: Message) -> list[Message]:
    return [] if is_start(message) else [message]


@memoryless
def sent_twice(message: Message) -> list[Message]:
    return [message, message] if message.is_kept else [message]


def phantom_start(message: Message, memory: Memory) -> list[Message]:
    """A start that no driver asked for, after the first connector reported itself Available."""
    status = message.payload.get("status", message.payload.get("connectorStatus"))
    if memory.has_phantom or message.action != "StatusNotification" or status != "Available":
        return [message]
    memory.has_phantom = True
    return [message, _phantom(message.payload)]


def _phantom(status: Payload) -> Message:
    at = status["timestamp"]
    if "evseId" not in status:
        payload = {
            "connectorId": max(1, status["connectorId"]),
            "idTag": "PHANTOM",
            "meterStart": 0,
            "timestamp": at,
        }
        return Message("StartTransaction", payload, is_kept=True)
    payload = {
        "eventType": "Started",
        "timestamp": at,
        "triggerReason": "EVDetected",
        "seqNo": 0,
        "transactionInfo": {"transactionId": f"phantom-{at}"[:36]},
        "evse": {"id": status["evseId"], "connectorId": status["connectorId"]},
    }
    return Message("TransactionEvent", payload, is_kept=True)


@memoryless
def txid_overflow(message: Message) -> list[Message]:
    if message.action != "MeterValues":
        return [message]
    return [with_fields(message, transactionId=INT64_MAX)]


def stop_txid(value: int) -> Rewrite:
    @memoryless
    def rewrite(message: Message) -> list[Message]:
        if message.action != "StopTransaction":
            return [message]
        return [with_fields(message, transactionId=value)]

    return rewrite


@memoryless
def no_transaction_id(message: Message) -> list[Message]:
    if message.action != "MeterValues":
        return [message]
    payload = {key: value for key, value in message.payload.items() if key != "transactionId"}
    return [replace(message, payload=payload)]


@memoryless
def lowercase_tag(message: Message) -> list[Message]:
    payload = message.payload
    if message.action != "Authorize" and "idTag" in payload:
        return [with_fields(message, idTag=payload["idTag"].lower())]
    if message.action != "Authorize" and "idToken" in payload:
        token = payload["idToken"]
        return [with_fields(message, idToken=token | {"idToken": token["idToken"].lower()})]
    return [message]


@memoryless
def long_serial(message: Message) -> list[Message]:
    if message.action != "BootNotification":
        return [message]
    serial = "SN" + "0123456789" * 3 + "X"
    if "chargingStation" not in message.payload:
        changed = with_fields(message, chargePointSerialNumber=serial)
    else:
        station = message.payload["chargingStation"] | {"serialNumber": serial}
        changed = with_fields(message, chargingStation=station)
    return [replace(changed, breaks_schema=True)]


def late_closing(message: Message, memory: Memory) -> list[Message]:
    """Repeats the last meter values, with the stop's time, after the stop."""
    place = place_of(message)
    if is_start(message):
        memory.last_update.pop(place, None)
    if is_update(message) and "meterValue" in message.payload:
        memory.last_update[place] = message
    last = memory.last_update.get(place)
    if not is_end(message) or last is None:
        return [message]
    at = message.payload["timestamp"]
    late = with_fields(last, meterValue=[v | {"timestamp": at} for v in last.payload["meterValue"]])
    if "seqNo" in late.payload:
        late = with_fields(late, seqNo=message.payload["seqNo"] + 1, timestamp=at)
    return [message, late]


def drop_every_third_update(message: Message, memory: Memory) -> list[Message]:
    if not is_update(message):
        return [message]
    memory.updates += 1
    return [] if memory.updates % 3 == 0 else [message]


def swap_updates(message: Message, memory: Memory) -> list[Message]:
    """Every second update leaves after the message that followed it."""
    if not message.is_kept:
        return [message]
    memory.updates += is_update(message)
    if memory.held is not None:
        held, memory.held = memory.held, None
        return [message, held]
    if is_update(message) and memory.updates % 2 == 0:
        memory.held = message
        return []
    return [message]


@memoryless
def null_heartbeat(message: Message) -> list[Message]:
    if message.action != "Heartbeat":
        return [message]
    return [replace(message, payload=None, breaks_schema=True)]  # type: ignore[arg-type]


@memoryless
def without_trigger_reason(message: Message) -> list[Message]:
    if message.action != "TransactionEvent":
        return [message]
    payload = {key: value for key, value in message.payload.items() if key != "triggerReason"}
    return [replace(message, payload=payload, breaks_schema=True)]


@memoryless
def stop_by_the_minute(message: Message) -> list[Message]:
    """Its time is rounded down; that of its readings is not."""
    if not is_end(message):
        return [message]
    at = parse_time(message.payload["timestamp"]).replace(second=0, microsecond=0)
    return [with_fields(message, timestamp=rfc3339(at))]


@memoryless
def without_connector(message: Message) -> list[Message]:
    if "evse" not in message.payload:
        return [message]
    return [with_fields(message, evse={"id": message.payload["evse"]["id"]})]


@memoryless
def other_token_type(message: Message) -> list[Message]:
    if "idToken" not in message.payload:
        return [message]
    return [with_fields(message, idToken=message.payload["idToken"] | {"type": "ISO15693"})]


@memoryless
def decimal_meter_stop(message: Message) -> list[Message]:
    if message.action != "StopTransaction":
        return [message]
    changed = with_fields(message, meterStop=message.payload["meterStop"] + 0.25)
    return [replace(changed, breaks_schema=True)]


@memoryless
def null_members(message: Message) -> list[Message]:
    """What an optional member has no value for is null."""
    extra = {"StartTransaction": "reservationId", "StopTransaction": "idTag"}.get(message.action)
    if extra is None or extra in message.payload:
        return [message]
    return [replace(with_fields(message, **{extra: None}), breaks_schema=True)]


@memoryless
def connector_in_authorize(message: Message) -> list[Message]:
    if message.action != "Authorize":
        return [message]
    return [replace(with_fields(message, connectorId=1), breaks_schema=True)]


@memoryless
def empty_stop(message: Message) -> list[Message]:
    """Nothing can be made of it."""
    return [replace(message, payload={}, breaks_schema=True)] if is_end(message) else [message]
