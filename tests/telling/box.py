"""A station whose messages are committed as the gateway commits them, at instants of our choice."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from apps.accounts.models import Actor
from apps.batch.items import Frame, Item, Reply
from apps.commands.models import CommandRow, State
from apps.control.services import give
from apps.domain.command import Command
from apps.domain.events import CommandAnswered, Event, StationConnected, StationDisconnected
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec, examination, translation
from apps.protocol.frames import Call
from apps.sessions.models import Session
from apps.stations.models import Station
from apps.stations.refs import find_refs
from apps.telling.selectors import Telling, tell
from tests import factories as make
from tests.factories import Cast

BEGAN_AT = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=6)
MINUTE = 60
_numbers = count(1)


def at(seconds: float) -> datetime:
    """So many seconds after the story began."""
    return BEGAN_AT + timedelta(seconds=seconds)


@dataclass
class Box:
    """``station`` must be registered; ``says`` takes the payloads of its version."""

    cast: Cast
    protocol: Protocol
    station: Station = field(init=False)
    socket: str = ""

    def __post_init__(self) -> None:
        identity = f"BOX-{next(_numbers)}"
        self.station = make.station(
            self.cast.location, identity, now=at(-600), statuses=("Available", "Available"),
            protocol=self.protocol.value,
        )  # fmt: skip
        self.ref = find_refs([identity])[identity]
        self.connects(at(-500))

    def connects(self, when: datetime) -> None:
        self.socket = f"socket-{next(_numbers)}"
        self._commit(
            StationConnected(self.socket, "gateway", self.protocol.value, "10.0.0.1"), when
        )

    def is_cut(self, when: datetime) -> None:
        self._commit(StationDisconnected(self.socket, 1006, "The connection broke"), when)

    def says(self, action: str, payload: dict[str, Any], when: datetime) -> dict[str, Any]:
        """The answer; ``when``: at that instant it was received."""
        mine = codec(self.protocol)
        examined = examination.examine(Call("m", action, payload), self.protocol)
        assert not (examined.refusal or examined.problems), examined.description
        event = translation.event_of(mine, examined, when)
        frame = Frame("in", action, f"m-{next(_numbers)}", json.dumps(payload))
        item = self._item(event, when, frame)

        def write(answer: Any) -> Reply:
            told = json.dumps(translation.write(mine, action, examined.call.payload, answer))
            return Reply(told, told)

        item.write = write
        (reply,) = commit([item], when)
        assert reply is not None
        told: dict[str, Any] = json.loads(reply.frame)
        return told

    def is_refused(
        self, action: str, payload: dict[str, Any], session: Session, when: datetime
    ) -> None:
        """A message of which nothing could be made, kept as the gateway keeps it."""
        frame = Frame("in", action, f"m-{next(_numbers)}", json.dumps(payload), "refused",
                      "FormatViolation")  # fmt: skip
        item = self._item(None, when, frame)
        item.session_id = session.pk
        commit([item], when)

    def is_told(
        self, command: Command, by: Actor, when: datetime, status: str = "accepted", **more: Any
    ) -> CommandRow:
        """A command of ``by``, and the station's answer a moment later."""
        row = give(by, self.station, command, **more)
        sent_at = when + timedelta(milliseconds=200)
        CommandRow.objects.filter(pk=row.pk).update(
            created_at=when, sent_at=sent_at, state=State.SENT, connection_id=self.socket,
            expires_at=when + timedelta(hours=1),
        )  # fmt: skip
        self._commit(CommandAnswered(row.pk, status, status.title()), when + timedelta(seconds=1))
        row.refresh_from_db()
        return row

    @property
    def session(self) -> Session:
        """The newest one."""
        found = Session.objects.select_related("station__location", "organisation")
        return found.filter(station=self.station).latest("started_at")

    def told(self, session: Session | None = None, now: datetime | None = None) -> Telling:
        return tell(self.cast.support, session or self.session, now=now or timezone.now())

    def _commit(self, event: Event, when: datetime) -> None:
        commit([self._item(event, when)], when)

    def _item(self, event: Event | None, when: datetime, frame: Frame | None = None) -> Item:
        return Item(self.ref, self.protocol.value, self.socket, when, event, frame)


class Box16(Box):
    """One of 1.6: what it says in a session of one card on one connector."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast, Protocol.OCPP16)

    def shows(self, status: str, when: datetime, *, connector: int = 1, **more: Any) -> None:
        told = {"connectorId": connector, "status": status, "errorCode": "NoError"}
        self.says("StatusNotification", {**told, "timestamp": when.isoformat(), **more}, when)

    def asks(self, card: str, when: datetime) -> str:
        answer = self.says("Authorize", {"idTag": card}, when)
        return str(answer["idTagInfo"]["status"])

    def starts(self, when: datetime, card: str | None = "AB12", *, connector: int = 1,
               wh: Any = 1000, came: datetime | None = None) -> int:  # fmt: skip
        told = {"connectorId": connector, "idTag": card, "meterStart": wh}
        answer = self.says(
            "StartTransaction", {**told, "timestamp": when.isoformat()}, came or when
        )
        return int(answer["transactionId"])

    def measures(
        self, transaction: int, when: datetime, wh: float, w: float, *, came: datetime | None = None
    ) -> None:
        sampled = [
            {"value": str(wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": str(w), "measurand": "Power.Active.Import", "unit": "W"},
        ]
        values = [{"timestamp": when.isoformat(), "sampledValue": sampled}]
        told = {"connectorId": 1, "transactionId": transaction, "meterValue": values}
        self.says("MeterValues", told, came or when)

    def stops(self, transaction: int, when: datetime, wh: Any, *, came: datetime | None = None,
              **more: Any) -> None:  # fmt: skip
        told = {"transactionId": transaction, "meterStop": wh, "timestamp": when.isoformat()}
        self.says("StopTransaction", {**told, **more}, came or when)

    def charges(self, minutes: int = 30, *, card: str | None = "AB12") -> int:
        """A session of 11 kW from the first second on, still running."""
        self.shows("Preparing", at(-20))
        transaction = self.starts(at(0), card)
        self.shows("Charging", at(5))
        for minute in range(minutes + 1):
            self.measures(transaction, at(minute * MINUTE), 1000 + minute * 183, 11_000)
        return transaction

    def ends(self, transaction: int, minute: int = 30, **more: Any) -> None:
        self.stops(transaction, at(minute * MINUTE), 1000 + minute * 183, **more)
        self.shows("Finishing", at(minute * MINUTE + 1))
        self.shows("Available", at(minute * MINUTE + 20))


class Box201(Box):
    """One of 2.0.1: its events, numbered."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast, Protocol.OCPP201)
        self.transaction = f"tx-{next(_numbers)}"
        self._seqs = count()

    def shows(self, status: str, when: datetime, *, evse: int = 1, connector: int = 1) -> None:
        told = {"evseId": evse, "connectorId": connector, "connectorStatus": status}
        self.says("StatusNotification", {**told, "timestamp": when.isoformat()}, when)

    def event(
        self, kind: str, trigger: str, when: datetime, *, wh: float | None = None,
        w: float | None = None, state: str = "", card: str = "", came: datetime | None = None,
        evse: int = 1, values: list[dict[str, Any]] | None = None, **info: Any,
    ) -> dict[str, Any]:  # fmt: skip
        about: dict[str, Any] = {"transactionId": self.transaction, **info}
        told: dict[str, Any] = {
            "eventType": kind, "timestamp": when.isoformat(), "triggerReason": trigger,
            "seqNo": next(self._seqs), "transactionInfo": about,
        }  # fmt: skip
        if state:
            about["chargingState"] = state
        if kind == "Started":
            told["evse"] = {"id": evse, "connectorId": 1}
        if card:
            told["idToken"] = {"idToken": card, "type": "ISO14443"}
        if came is not None:
            told["offline"] = True
        told_now = [("Energy.Active.Import.Register", wh), ("Power.Active.Import", w)]
        sampled = [{"value": v, "measurand": name} for name, v in told_now if v is not None]
        if sampled:
            values = [{"timestamp": when.isoformat(), "sampledValue": sampled}]
        if values:
            told["meterValue"] = values
        return self.says("TransactionEvent", told, came or when)

    def notices(self, when: datetime, *, evse: int = 1, **more: Any) -> None:
        told = {
            "eventId": next(_numbers), "timestamp": when.isoformat(), "trigger": "Alerting",
            "actualValue": "true", "eventNotificationType": "HardWiredNotification",
            "component": {"name": "RCD", "evse": {"id": evse}}, "variable": {"name": "Problem"},
            **more,
        }  # fmt: skip
        body = {"generatedAt": when.isoformat(), "seqNo": 0, "eventData": [told]}
        self.says("NotifyEvent", body, when)
