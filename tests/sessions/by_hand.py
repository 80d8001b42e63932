"""Simulated chargers without sockets: their wire is the door itself, and time moves by hand.

What they send is examined, read and committed as the gateway does it. They wait for nothing but the
answers of the door, which takes what many of them send at one instant as one batch.
"""

import json
from collections.abc import Coroutine, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from ocpp.charge_point import camel_to_snake_case

from apps.batch.items import Frame, Item, Reply
from apps.domain.answers import Refusal
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


Work = Coroutine[Any, Any, Any]


@dataclass(frozen=True)
class Asked:
    """What a wire hands in; awaiting it gives the reply."""

    item: Item

    def __await__(self) -> Generator[Item, Reply | None, Reply | None]:
        return (yield self.item)


def together(works: Iterable[Work]) -> None:
    """All of them to their end: what they hand in at once is one commit."""
    going = list(_moved_on((work, None) for work in works))
    while going:
        items = [item for _, item in going]
        replies = commit(items, max(item.received_at for item in items))
        going = list(_moved_on(zip((work for work, _ in going), replies, strict=True)))


def _moved_on(replied: Iterable[tuple[Work, Reply | None]]) -> Generator[tuple[Work, Item]]:
    """Those that go on, each with what it hands in next."""
    for work, reply in replied:
        try:
            yield work, work.send(reply)
        except StopIteration:
            continue


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

    async def connect(self) -> None:
        self.is_up, self._socket, self._watched = True, f"hand-{next(_sockets)}", Watched()
        if self.outages:
            self.outages[-1] = (self.outages[-1][0], self._clock.now())
        await self._hand_in(
            StationConnected(self._socket, "gateway", self._protocol.value, "10.0.0.1")
        )

    async def cut(self) -> None:
        if self.is_up:
            self.is_up = False
            self.outages.append((self._clock.now(), None))
            await self._hand_in(StationDisconnected(self._socket, 1006, "The connection broke"))

    async def call(self, message: Message, sent: Sent) -> Payload:
        """The answer, or what the simulator's own link raises."""
        if not self.is_up:
            raise LinkDownError
        payload = json.loads(json.dumps({} if message.payload is None else message.payload))
        reply = await self._hear(Call(sent.message_id, message.action, payload))
        if self.loses_answers:
            self.loses_answers -= 1
            await self.cut()
            raise LinkDownError
        sent.answer = dict(camel_to_snake_case(json.loads(reply.payload)))
        return sent.answer

    async def _hear(self, call: Call) -> Reply:
        """What the gateway's pipeline makes of one call; it may break at none."""
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
            assert not isinstance(answer, Refusal), answer
            told = translation.write(self._codec, call.action, examined.call.payload, answer)
            return Reply(json.dumps(told), json.dumps(told))

        item.write = write
        reply = await Asked(item)
        assert reply is not None
        return reply

    async def _hand_in(self, event: StationConnected | StationDisconnected) -> None:
        await Asked(Item(self._ref, self._protocol.value, self._socket, self._clock.now(), event))


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
