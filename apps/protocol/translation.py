"""Calls of stations as events, and our answers as payloads: the version's own words first.

A transfer is no word of the version: what makers agreed on says what its data means.
"""

from datetime import datetime
from typing import Any

from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.protocol import transfers
from apps.protocol.codec import Codec

Payload = dict[str, Any]


def read(codec: Codec, action: str, payload: Payload, received_at: datetime) -> Event:
    """The event that a call tells; its payload is one that the schema accepts."""
    if action == transfers.ACTION:
        return transfers.read(codec.protocol, payload, received_at)
    return codec.read(action, payload, received_at)


def write(codec: Codec, action: str, asked: Payload, answer: Answer) -> Payload:
    """The payload that answers the call ``asked``."""
    if action == transfers.ACTION:
        answer = transfers.data_of(codec.protocol, asked, answer)
    return codec.write(action, answer)
