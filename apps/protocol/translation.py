"""Calls of stations as events, and our answers as payloads: the version's own words first.

A transfer is no word of the version: what makers agreed on says what its data means.
"""

from datetime import datetime
from typing import Any

from apps.domain.answers import Answer
from apps.domain.events import Event
from apps.domain.form import Unreadable
from apps.protocol import transfers
from apps.protocol.codec import Codec
from apps.protocol.examination import MONEY, Examined

Payload = dict[str, Any]


def event_of(codec: Codec, examined: Examined, received_at: datetime) -> Event:
    """The event that a call tells which is not refused."""
    action = examined.call.action
    if examined.is_unreadable:
        return Unreadable(action, is_about_money=action in MONEY)
    return read(codec, action, examined.call.payload, received_at)


def read(codec: Codec, action: str, payload: Payload, received_at: datetime) -> Event:
    """The event of a payload that the schema accepts, or that a form gives."""
    if action == transfers.ACTION:
        return transfers.read(codec.protocol, payload, received_at)
    return codec.read(action, payload, received_at)


def write(codec: Codec, action: str, asked: Payload, answer: Answer) -> Payload:
    """The payload that answers the call ``asked``."""
    if action == transfers.ACTION:
        answer = transfers.data_of(codec.protocol, asked, answer)
    return codec.write(action, answer)
