"""What a station tells of its sessions, and what must be in the database for it.

A station numbers its messages and keeps each until it is acknowledged. A message of OCPP 1.6 that
names a transaction is finished when it is sent, for only the answer to the start has its number.
"""

import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Payload = dict[str, Any]
Reading = tuple[datetime, float]
LEAST_UPDATES, MOST_UPDATES = 3, 9
_MOMENT = timedelta(milliseconds=1)


@dataclass
class Told:
    """One message: until ``acknowledged_at`` it is sent again and again."""

    id: str
    action: str
    payload: Payload
    session: "Session"
    made_at: float = field(default_factory=time.monotonic)
    sent: int = 0
    acknowledged_at: float | None = None


@dataclass
class Session:
    """As its station knows it. ``transaction_id`` of 1.6 is what the start was answered."""

    identity: str
    began_at: datetime
    start_wh: float
    updates: int
    transaction_id: str = ""
    readings: list[Reading] = field(default_factory=list)
    ended_at: datetime | None = None

    @property
    def energy_wh(self) -> float:
        return self.readings[-1][1] - self.start_wh


class Story:
    """An endless row of sessions on the one connector of a station."""

    def __init__(self, identity: str, dice: random.Random, *, is_16: bool) -> None:
        self.identity, self.is_16 = identity, is_16
        self.sessions: list[Session] = []
        self._dice, self._wh, self._numbers = dice, 1000.0, 0
        self._last_at = datetime.now(UTC)

    def next(self, *, is_last: bool = False) -> Told | None:
        """What the station has to say now; ``is_last``: it ends what runs, and begins nothing."""
        running = self.sessions[-1] if self.sessions else None
        if running is None or running.ended_at is not None:
            return None if is_last else self._start()
        is_over = is_last or len(running.readings) > running.updates
        return self._tell(running, "Ended" if is_over else "Updated")

    def _start(self) -> Told:
        updates = self._dice.randint(LEAST_UPDATES, MOST_UPDATES)
        session = Session(self.identity, self._now(), self._wh, updates)
        if not self.is_16:
            session.transaction_id = str(uuid.UUID(int=self._dice.getrandbits(128)))
        self.sessions.append(session)
        return self._tell(session, "Started", session.began_at)

    def _tell(self, session: Session, kind: str, at: datetime | None = None) -> Told:
        at = at or self._now()
        if kind != "Started":
            self._wh += self._dice.randint(1, 400)
        session.readings.append((at, self._wh))
        session.ended_at = at if kind == "Ended" else None
        self._numbers += 1
        action, payload = (_call_16 if self.is_16 else _call_201)(session, kind)
        return Told(f"{self.identity}-{self._numbers}", action, payload, session)

    def _now(self) -> datetime:
        """Each moment once, in the milliseconds that are told."""
        now = datetime.now(UTC)
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self._last_at = max(at, self._last_at + _MOMENT)
        return self._last_at


def completed(told: Told) -> Payload:
    """The payload with the number that its transaction has been given."""
    if told.action in ("MeterValues", "StopTransaction"):
        return {**told.payload, "transactionId": int(told.session.transaction_id)}
    return told.payload


def take(told: Told, answer: Payload) -> None:
    """The answer to a start of 1.6 names its transaction."""
    if told.action == "StartTransaction":
        told.session.transaction_id = str(answer["transactionId"])


def _call_16(session: Session, kind: str) -> tuple[str, Payload]:
    at, wh = session.readings[-1]
    stamp = _stamp(at)
    if kind == "Started":
        start = {"connectorId": 1, "idTag": "CHAOS", "meterStart": int(wh), "timestamp": stamp}
        return "StartTransaction", start
    if kind == "Ended":
        return "StopTransaction", {"meterStop": int(wh), "timestamp": stamp}
    value = {"timestamp": stamp, "sampledValue": [{"value": str(wh)}]}
    return "MeterValues", {"connectorId": 1, "meterValue": [value]}


def _call_201(session: Session, kind: str) -> tuple[str, Payload]:
    at, wh = session.readings[-1]
    stamp = _stamp(at)
    context = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}
    sampled = {"value": wh, "context": context.get(kind, "Sample.Periodic")}
    payload = {
        "eventType": kind, "timestamp": stamp, "seqNo": len(session.readings) - 1,
        "triggerReason": "MeterValuePeriodic" if kind == "Updated" else "RemoteStop",
        "transactionInfo": {"transactionId": session.transaction_id},
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": [{"timestamp": stamp, "sampledValue": [sampled]}],
    }  # fmt: skip
    return "TransactionEvent", payload


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
