"""A kept message as what it says of a session, whichever OCPP version it is of. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from apps.journal.reading import members_of
from apps.protocol import timestamps
from apps.protocol.forms import tag

if TYPE_CHECKING:
    from apps.journal.models import Message

Body = dict[str, Any]
REFUSED = frozenset({"error", "malformed", "refused"})


@dataclass(frozen=True, slots=True)
class Said:
    """``at``, ``until_at``: the instants that it speaks of, by the station's own clock.

    ``phase``: start | update | end | values, "" is none. ``reason``: why it stopped, None where
    the station gave none. ``verdict``: what the token in it was answered.
    """

    id: int
    received_at: datetime
    action: str = ""
    direction: str = "in"
    result: str = "ok"
    error_code: str = ""
    phase: str = ""
    at: datetime | None = None
    until_at: datetime | None = None
    state: str = ""
    trigger: str = ""
    reason: str | None = None
    token: str = ""
    verdict: str = ""
    is_offline: bool = False

    @property
    def is_refused(self) -> bool:
        """Nothing could be made of it."""
        return self.direction == "in" and self.result in REFUSED


def said_by(row: "Message") -> Said:
    """What cannot be read says nothing but that it came."""
    read = _READERS.get(row.action)
    told = read(members_of(row.payload), members_of(row.answer)) if read else {}
    return Said(
        id=row.pk,
        received_at=row.at,
        action=row.action,
        direction=row.direction,
        result=row.result,
        error_code=row.error_code,
        **told,
    )


def _start(body: Body, answer: Body) -> Body:
    at = timestamps.read(body.get("timestamp"))
    return {
        "phase": "start", "at": at, "until_at": at, "token": _tag(body.get("idTag")),
        "verdict": _text(_inner(answer, "idTagInfo").get("status")),
    }  # fmt: skip


def _stop(body: Body, answer: Body) -> Body:
    at = timestamps.read(body.get("timestamp"))
    return {
        "phase": "end", "at": at, "until_at": at, "reason": _text(body.get("reason")) or None,
        "token": _tag(body.get("idTag")),
        "verdict": _text(_inner(answer, "idTagInfo").get("status")),
    }  # fmt: skip


def _event(body: Body, answer: Body) -> Body:
    at, info = timestamps.read(body.get("timestamp")), _inner(body, "transactionInfo")
    phases = {"Started": "start", "Updated": "update", "Ended": "end"}
    return {
        "phase": phases.get(_text(body.get("eventType")), ""), "at": at, "until_at": at,
        "state": _text(info.get("chargingState")), "trigger": _text(body.get("triggerReason")),
        "reason": _text(info.get("stoppedReason")) or None,
        "token": _tag(body.get("idToken")),
        "verdict": _text(_inner(answer, "idTokenInfo").get("status")),
        "is_offline": body.get("offline") is True,
    }  # fmt: skip


def _values(body: Body, _: Body) -> Body:
    values = body.get("meterValue")
    rows = [row for row in values if isinstance(row, dict)] if isinstance(values, list) else []
    found = sorted(at for row in rows if (at := timestamps.read(row.get("timestamp"))) is not None)
    return {"phase": "values", "at": found[0], "until_at": found[-1]} if found else {}


_READERS: dict[str, Callable[[Body, Body], Body]] = {
    "StartTransaction": _start,
    "StopTransaction": _stop,
    "TransactionEvent": _event,
    "MeterValues": _values,
}


def _inner(body: Body, name: str) -> Body:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _tag(value: Any) -> str:
    """A card as it was read at the door: a long one is not clipped to another's."""
    read = tag(value)
    return read if isinstance(read, str) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
