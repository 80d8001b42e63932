"""What goes over the socket, before it is sent and after. Data only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.simulator.outlet import Session

Payload = dict[str, Any]


class LinkDownError(Exception):
    """The socket is gone: whether the message arrived is unknown."""


class CallRefusedError(Exception):
    """The server answered with a CALLERROR, or with something its schema does not allow."""


class HandshakeRefusedError(Exception):
    """The server answered the upgrade with something else than 101."""

    def __init__(self, status: int, retry_after_s: float | None) -> None:
        super().__init__(f"handshake refused with {status}")
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Message:
    """A call that a station wants to make.

    A kept one is a transaction message: queued while offline, sent again until answered.
    `transactionId: None` in a 1.6 payload stands for the id its session does not have yet.
    """

    action: str
    payload: Payload
    session: Session | None = None
    is_kept: bool = False
    breaks_schema: bool = False


@dataclass
class Sent:
    """A call that left, with what became of it."""

    at: datetime
    message_id: str
    action: str
    payload: Payload | None
    answer: Payload | None = None
    error: str | None = None


@dataclass(frozen=True)
class Received:
    """A call that the server made."""

    at: datetime
    message_id: str
    action: str
    payload: Payload = field(default_factory=dict)


def rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
