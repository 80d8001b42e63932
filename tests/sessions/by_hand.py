"""Simulated chargers without sockets: their wire is the door itself, and time moves by hand.

What they send is examined, read and committed as the gateway does it; nothing waits for anything,
so that their coroutines run to the end at once.
"""

import json
from collections.abc import Coroutine
from datetime import datetime
from itertools import count
from typing import Any

from ocpp.charge_point import camel_to_snake_case

from apps.batch.items import Frame, Item, Reply
from apps.domain.clocks import Watched, watch
from apps.domain.events import StationBooted, StationConnected, StationDisconnected
from apps.domain.vocabulary import Protocol
from apps.ingest.commit import commit
from apps.protocol import codec, examination, translation
from apps.protocol.clocks import said_in
from apps.protocol.frames import Call
from apps.protocol.vendors import adapter_for
from apps.simulator.clock import ManualClock
from apps.simulator.fleet import STATION_CLASSES
from apps.simulator.station import SimStation
from apps.simulator.wire import CallRefusedError, LinkDownError, Message, Payload, Sent
from apps.stations.refs import find_refs

_sockets = count(1)


def done(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value
    raise RuntimeError("It waits for something.")


class Wire:
    """In place of ``apps.simulator.link.Link``. ``loses_answers``: how many of the next;
    ``outages``: from, to (None: it lasts)."""

    def __init__(self, identity: str, protocol: Protocol, clock: ManualClock) -> None:
        self.is_up = False
        self.loses_answers = 0
        self.refusals: list[str] = []
        self.outages: list[tuple[datetime, datetime | None]] = []
        self._ref = find_refs([identity])[identity]
        self._protocol, self._clock = protocol, clock
        self._codec, self._adapter = codec(protocol), adapter_for("", "", "")
        self._socket, self._watched = "", Watched()

    def connect(self) -> None:
        self.is_up, self._socket, self._watched = True, f"hand-{next(_sockets)}", Watched()
        if self.outages:
            self.outages[-1] = (self.outages[-1][0], self._clock.now())
        self._commit(StationConnected(self._socket, "gateway", self._protocol.value, "10.0.0.1"))

    def cut(self) -> None:
        if self.is_up:
            self.is_up = False
            self.outages.append((self._clock.now(), None))
            self._commit(StationDisconnected(self._socket, 1006, "The connection broke"))

    async def call(self, message: Message, sent: Sent) -> Payload:
        """The answer, or what the simulator's own link raises."""
        if not self.is_up:
            raise LinkDownError
        payload = json.loads(json.dumps({} if message.payload is None else message.payload))
        reply = self._hear(Call(sent.message_id, message.action, payload))
        if self.loses_answers:
            self.loses_answers -= 1
            self.cut()
            raise LinkDownError
        sent.answer = dict(camel_to_snake_case(json.loads(reply.payload)))
        return sent.answer

    def _hear(self, call: Call) -> Reply:
        """What the gateway's pipeline makes of one call."""
        now = self._clock.now()
        examined = examination.examine(call, self._protocol, self._adapter)
        if examined.refusal or examined.problems:
            self.refusals.append(f"{call.action}: {examined.description}")
            raise CallRefusedError(self.refusals[-1])
        event = translation.event_of(self._codec, examined, now)
        if isinstance(event, StationBooted):
            self._adapter = adapter_for(event.vendor, event.model, event.firmware)
        frame = Frame("in", call.action, call.message_id, json.dumps(call.payload))
        item = Item(self._ref, self._protocol.value, self._socket, now, event, frame)
        item.excuses = examined.excuses
        said_at = said_in(call.action, examined.call.payload)
        if said_at is not None:
            self._watched, item.clock = watch(self._watched, said_at, now)
            item.offset_s = self._watched.live_s

        def write(answer: Any) -> Reply:
            told = translation.write(self._codec, call.action, examined.call.payload, answer)
            return Reply(json.dumps(told), json.dumps(told))

        item.write = write
        (reply,) = commit([item], now)
        assert reply is not None
        return reply

    def _commit(self, event: StationConnected | StationDisconnected) -> None:
        now: datetime = self._clock.now()
        commit([Item(self._ref, self._protocol.value, self._socket, now, event)], now)


class _NoBackground:
    """Nothing goes on by itself: whoever moves the time lets things happen."""

    def spawn(self, job: Coroutine[Any, Any, Any]) -> None:
        job.close()


def station_by_hand(
    identity: str, protocol: str, clock: ManualClock, **habits: Any
) -> tuple[SimStation, Wire]:
    """One that is registered; it connects and boots when its wire and ``boot`` say so."""
    station = STATION_CLASSES[protocol](
        identity=identity, url="", clock=clock, samples_itself=True, **habits
    )
    wire = Wire(identity, Protocol(protocol), clock)
    station._link = wire  # type: ignore[assignment]
    station.background = _NoBackground()  # type: ignore[assignment]
    return station, wire
