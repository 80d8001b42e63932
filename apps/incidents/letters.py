"""What is written to whom of an incident. Pure."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.history.kinds import INCIDENT_CLOSED, INCIDENT_OPENED, INCIDENT_REOPENED
from apps.incidents.causes import SEVERITIES

TOLD = (INCIDENT_OPENED.name, INCIDENT_REOPENED.name, INCIDENT_CLOSED.name)
TEST = "test"
_WORDS = {
    INCIDENT_OPENED.name: "New",
    INCIDENT_REOPENED.name: "Worse",
    INCIDENT_CLOSED.name: "Over",
    TEST: "Test",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An incident as it is told. ``url``: its page, "" where this installation has no address."""

    what: str
    number: int
    title: str
    location: str
    severity: str
    action: str
    since: datetime
    reason: str = ""
    url: str = ""


def concerns(what: str, severity: str, *, least: str, tells_end: bool) -> bool:
    """Whether a rule is about it."""
    if what == INCIDENT_CLOSED.name and not tells_end:
        return False
    order = [one.value for one in SEVERITIES]
    return order.index(severity) <= order.index(least)


def subject(told: Told) -> str:
    """One line."""
    line = f"[{told.severity}] {_WORDS[told.what]}: {told.title} ({told.location})"
    return " ".join(line.split())


def text(told: Told) -> str:
    """The lines of an e-mail."""
    over = f"It is over: {told.reason}" if told.what == INCIDENT_CLOSED.name else ""
    return "\n".join(
        line
        for line in (
            f"{told.title}, at {told.location}.",
            f"Since {told.since:%Y-%m-%d %H:%M} UTC.",
            over or f"Next: {told.action}",
            told.url,
        )
        if line
    )


def body(told: Told) -> bytes:
    """The JSON of a webhook."""
    content: dict[str, Any] = {
        "event": told.what, "incident": told.number, "title": told.title,
        "location": told.location, "severity": told.severity, "action": told.action,
        "since": told.since.isoformat(), "reason": told.reason, "url": told.url,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False).encode()


def signature(secret: str, at: datetime, content: bytes) -> str:
    """Of ``t=<seconds>.<body>``: who has the secret knows that it is from here, and of when."""
    seconds = int(at.timestamp())
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + content, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"
