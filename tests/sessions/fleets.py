"""Whole fleets at the door: what befalls chargers and drivers, and what truly was.

A charger lives by its true clock and meter; its habits change only what it tells. Each card is used
once. ``Past`` keeps what the sentences about its sessions are held to. Many stories are played side
by side on one clock: what their chargers tell at one instant is one commit.
"""

from collections import defaultdict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.simulator.clock import ManualClock
from apps.simulator.curve import Car, Supply
from apps.simulator.dialect import Identity
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.station import SimStation
from fleet.verdict import Truth
from tests import factories as make
from tests.servers import register
from tests.sessions.by_hand import Wire, station_by_hand, together
from tests.sessions.plans import Act, Plan, Turn, turns

BEGAN_AT = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=40)
POWER_W = 22_000
numbers = count(1)


@dataclass
class Past:
    """What befell a charger: its faults by outlet; of sessions, by card, which were paused and of
    which something was forgotten before it was told."""

    faults: list[tuple[int, datetime]] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)


@dataclass
class Charger:
    station: SimStation
    wire: Wire
    quirks: tuple[str, ...]
    past: Past = field(default_factory=Past)
    is_out: bool = False  # somebody pulled the cable, and will put it back

    async def act(self, what: str, evse_id: int, organisation: Organisation) -> None:
        match what:
            case "drive":
                await self._drive(evse_id, organisation)
            case "pause":
                await self._pause(evse_id)
            case "fault":
                await self._fault(evse_id)
            case "link":
                await self._link()
            case "reboot":
                await self._stop_all("Reboot")
                await self._boot("Watchdog")
            case "answer" if self.wire.is_up and self.station.active_sessions:
                self.wire.loses_answers = 1
            case _:
                await self._lose_power(is_forgetful=what == "amnesia")

    async def tick(self) -> None:
        """Every outlet is read; where an answer was lost the link is back at once."""
        for session in self.station.active_sessions:
            await self.station.tick(session.evse_id)
        if not self.wire.is_up and not self.is_out:
            await self.wire.connect()
            await self.station._resume()

    async def settle(self) -> None:
        """Everything ends, and what waits is told."""
        if self.is_out:
            await self._link()
        for evse_id in self.station.outlets:
            await self.station.unplug(evse_id)
        await self.tick()

    async def begin(self) -> None:
        await self.wire.connect()
        await self.station.boot("PowerUp")

    @property
    def _now(self) -> datetime:
        return self.station.clock.now()

    async def _drive(self, evse_id: int, organisation: Organisation) -> None:
        """A car leaves, or comes with a card of its own."""
        outlet = self.station.outlets[evse_id]
        if outlet.active_session is not None:
            await self.station.stop_session(evse_id=evse_id)
            await self.station.unplug(evse_id)
            return
        if outlet.is_plugged:
            await self.station.unplug(evse_id)
        card = f"CA4D{next(numbers):06X}"
        make.token(organisation, card)
        await self.station.plug_in(evse_id, Car(95_000.0, 1.0, 100.0, POWER_W))
        await self.station.start_session(token=Token(card), evse_id=evse_id)

    async def _pause(self, evse_id: int) -> None:
        session = self.station.outlets[evse_id].active_session
        if session is None:
            return
        self.past.paused.add(session.token.uid)
        if session.charging_state == "Charging":
            await self.station.pause(evse_id=evse_id)
        else:
            await self.station.resume(evse_id)

    async def _fault(self, evse_id: int) -> None:
        self.past.faults.append((evse_id, self._now))
        await self.station.fault(evse_id=evse_id)
        await self.station.recover(evse_id)

    async def _link(self) -> None:
        self.is_out = not self.is_out
        if self.is_out:
            await self.wire.cut()
        elif not self.wire.is_up:
            await self.wire.connect()
            await self.station._resume()

    async def _lose_power(self, *, is_forgetful: bool) -> None:
        await self.wire.cut()
        await self._stop_all("PowerLoss")
        if is_forgetful:
            waiting = (entry.message.session for entry in self.station.outbox._queue)
            self.past.forgotten |= {session.token.uid for session in waiting if session}
            self.station.outbox.forget()
        await self._boot("PowerUp")

    async def _stop_all(self, reason: str) -> None:
        for session in self.station.active_sessions:
            await self.station.stop_session(reason=reason, evse_id=session.evse_id)

    async def _boot(self, reason: str) -> None:
        await self.wire.cut()
        self.is_out = False
        await self.wire.connect()
        await self.station.boot(reason)


@dataclass(frozen=True)
class Story:
    plan: Plan
    chargers: tuple[Charger, ...]

    def turn(
        self, turn: Turn, act: Act | None, organisation: Organisation
    ) -> Iterable[Coroutine[Any, Any, None]]:
        """What its chargers then do, each for itself."""
        if act is not None:
            what, number, evse_id = act
            return [self.chargers[number].act(what, evse_id, organisation)]
        if turn is Turn.TICK:
            return [charger.tick() for charger in self.chargers]
        return [charger.settle() for charger in self.chargers]


def built(plan: Plan, organisation: Organisation, clock: ManualClock) -> Story:
    """Chargers that are known, and not yet connected."""
    chargers = []
    for protocol, quirks in plan.chargers:
        identity = f"HAND{next(numbers)}"
        register(organisation, identity)
        outlets = [
            Outlet(n, Supply("AC", POWER_W), meter=Meter(6_000_000 + n * 400_000)) for n in (1, 2)
        ]
        about = Identity("Maker", "Model", "1.0", f"S{next(numbers)}")
        station, wire = station_by_hand(
            identity, protocol, clock, quirks=quirks, outlets=outlets, about=about
        )
        chargers.append(Charger(station, wire, quirks))
    return Story(plan, tuple(chargers))


def played(
    plans: Iterable[Plan], organisation: Organisation, began_at: datetime = BEGAN_AT
) -> tuple[list[Story], ManualClock]:
    """The stories, until everything has ended and all that waits is told."""
    clock = ManualClock(began_at)
    stories = [built(plan, organisation, clock) for plan in plans]
    together(charger.begin() for story in stories for charger in story.chargers)
    agenda: dict[tuple[int, Turn], list[tuple[Story, Act | None]]] = defaultdict(list)
    for story in stories:
        for at_s, turn, act in turns(story.plan):
            agenda[at_s, turn].append((story, act))
    for at_s, turn in sorted(agenda):
        clock.advance((began_at + timedelta(seconds=at_s) - clock.now()).total_seconds())
        together(
            work
            for story, act in agenda[at_s, turn]
            for work in story.turn(turn, act, organisation)
        )
    return stories, clock


def truth_of(charger: Charger, session: Session) -> Truth:
    assert session.ended_at is not None
    name = session.transaction_id
    return Truth(
        charger.station.identity, "", charger.quirks, session.evse_id, session.token.uid,
        None if name is None else str(name), session.started_at, session.ended_at,
        session.energy_wh, POWER_W / 60, session.told,
    )  # fmt: skip
