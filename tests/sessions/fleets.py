"""Whole fleets for hypothesis: what befalls chargers and drivers, and what truly was.

A charger lives by its true clock and meter; its habits change only what it tells. Each card is used
once. ``Past`` keeps what the sentences about its sessions are held to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from apps.accounts.models import Organisation
from apps.simulator.clock import ManualClock
from apps.simulator.curve import Car, Supply
from apps.simulator.dialect import Identity
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.quirks import BY_NAME, CATALOGUE
from apps.simulator.station import SimStation
from fleet.makers import MAKERS
from fleet.verdict import Truth
from tests import factories as make
from tests.servers import register
from tests.sessions.by_hand import Wire, done, station_by_hand

MINUTE = timedelta(minutes=1)
BEGAN_AT = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=40)
STEPS_MIN = (1, 4, 9)
POWER_W = 22_000
ACTS = ("drive", "drive", "drive", "link", "answer", "pause", "reboot", "power", "amnesia", "fault")
LAST_MIN = 3
# What a clock that jumps to and fro tells later of one that no steady readings fill, nobody knows.
UNKNOWABLE = frozenset({"link", "power", "amnesia"})
# Left out, because what they come to is known to be wrong, and marked nowhere:
LEFT_OUT = frozenset({
    # where several faults meet a clock that stands still, readings are set aside for their instants
    "clock_stuck",
    # habits of commands, and of messages that are not about sessions
    "accept_and_do_nothing", "null_payload", "long_serial", "phantom_start",
})  # fmt: skip
QUIRKS = tuple(quirk for quirk in CATALOGUE if quirk.name not in LEFT_OUT)
CLOCKS = frozenset(name for name in BY_NAME if name.startswith("clock_"))
numbers = count(1)


@dataclass(frozen=True)
class Plan:
    """Chargers as (protocol, quirks); steps as minutes and what befalls whom (charger, outlet)."""

    chargers: tuple[tuple[str, tuple[str, ...]], ...]
    steps: tuple[tuple[int, tuple[tuple[str, int, int], ...]], ...]


@st.composite
def habits(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """Those of a maker or of a version, and up to two more; one clock at most."""
    protocol, known = draw(
        st.sampled_from([(maker.protocol, maker.quirks) for maker in MAKERS])
        | st.sampled_from([("ocpp1.6", ()), ("ocpp2.0.1", ())])
    )
    fitting = [quirk.name for quirk in QUIRKS if protocol in quirk.protocols]
    more = draw(st.lists(st.sampled_from(fitting), max_size=2))
    chosen: list[str] = []
    for name in (*known, *more):
        has_clock = name in CLOCKS and CLOCKS.intersection(chosen)
        if name not in {*LEFT_OUT, *chosen} and not has_clock:
            chosen.append(name)
    return protocol, tuple(chosen)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    chargers = tuple(draw(st.lists(habits(), min_size=1, max_size=3)))
    who = st.tuples(
        st.sampled_from(ACTS), st.integers(0, len(chargers) - 1), st.sampled_from((1, 2))
    )
    acts = st.lists(who, max_size=3).map(lambda acts: tuple(_apart(acts, chargers)))
    step = st.tuples(st.sampled_from(STEPS_MIN), acts)
    first = (1, tuple(("drive", number, 1) for number in range(len(chargers))))
    return Plan(chargers, (first, *draw(st.lists(step, min_size=4, max_size=10))))


def _apart(
    acts: list[tuple[str, int, int]], chargers: tuple[tuple[str, tuple[str, ...]], ...]
) -> Iterator[tuple[str, int, int]]:
    """One at a time where the clock is wrong, so that no session is over within a second."""
    busy: set[int] = set()
    for act in acts:
        if act[1] not in busy:
            yield act
        if CLOCKS.intersection(chargers[act[1]][1]):
            busy.add(act[1])


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

    def act(self, what: str, evse_id: int, organisation: Organisation) -> None:
        if what in UNKNOWABLE and "clock_jumps" in self.quirks:
            return
        if what == "drive":
            self._drive(evse_id, organisation)
        elif what == "pause":
            self._pause(evse_id)
        elif what == "fault":
            self._fault(evse_id)
        elif what == "answer" and self.wire.is_up and self.station.active_sessions:
            self.wire.loses_answers = 1
        else:
            {"link": self._link, "reboot": self._reboot}.get(what, self._lose_power)(
                is_forgetful=what == "amnesia"
            )

    def tick(self) -> None:
        """Every outlet is read; where an answer was lost the link is back at once."""
        for session in self.station.active_sessions:
            done(self.station.tick(session.evse_id))
        if not self.wire.is_up and not self.is_out:
            self.wire.connect()
            done(self.station._resume())

    def settle(self) -> None:
        """Everything ends, and what waits is told."""
        if self.is_out:
            self._link()
        for evse_id in self.station.outlets:
            done(self.station.unplug(evse_id))
        self.tick()

    @property
    def _now(self) -> datetime:
        return self.station.clock.now()

    def _drive(self, evse_id: int, organisation: Organisation) -> None:
        """A car leaves, or comes with a card of its own."""
        outlet = self.station.outlets[evse_id]
        if outlet.active_session is not None:
            done(self.station.stop_session(evse_id=evse_id))
            done(self.station.unplug(evse_id))
            return
        if outlet.is_plugged:
            done(self.station.unplug(evse_id))
        card = f"CA4D{next(numbers):06X}"
        make.token(organisation, card)
        done(self.station.plug_in(evse_id, Car(95_000.0, 1.0, 100.0, POWER_W)))
        done(self.station.start_session(token=Token(card), evse_id=evse_id))

    def _pause(self, evse_id: int) -> None:
        session = self.station.outlets[evse_id].active_session
        if session is None:
            return
        self.past.paused.add(session.token.uid)
        is_on = session.charging_state == "Charging"
        done(self.station.pause(evse_id=evse_id) if is_on else self.station.resume(evse_id))

    def _fault(self, evse_id: int) -> None:
        self.past.faults.append((evse_id, self._now))
        done(self.station.fault(evse_id=evse_id))
        done(self.station.recover(evse_id))

    def _link(self, **_: Any) -> None:
        self.is_out = not self.is_out
        if self.is_out:
            self.wire.cut()
        elif not self.wire.is_up:
            self.wire.connect()
            done(self.station._resume())

    def _reboot(self, **_: Any) -> None:
        self._stop_all("Reboot")
        self._boot("Watchdog")

    def _lose_power(self, *, is_forgetful: bool = False) -> None:
        self.wire.cut()
        self._stop_all("PowerLoss")
        if is_forgetful:
            waiting = (entry.message.session for entry in self.station.outbox._queue)
            self.past.forgotten |= {session.token.uid for session in waiting if session}
            self.station.outbox.forget()
        self._boot("PowerUp")

    def _stop_all(self, reason: str) -> None:
        for session in self.station.active_sessions:
            done(self.station.stop_session(reason=reason, evse_id=session.evse_id))

    def _boot(self, reason: str) -> None:
        self.wire.cut()
        self.is_out = False
        self.wire.connect()
        done(self.station.boot(reason))


def built(plan: Plan, organisation: Organisation, clock: ManualClock) -> list[Charger]:
    """Connected and booted."""
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
        wire.connect()
        done(station.boot("PowerUp"))
        chargers.append(Charger(station, wire, quirks))
    return chargers


def played(plan: Plan, organisation: Organisation) -> tuple[list[Charger], ManualClock]:
    """The story, until everything has ended and all that waits is told."""
    clock = ManualClock(BEGAN_AT)
    chargers = built(plan, organisation, clock)
    for minutes, acts in (*plan.steps, (LAST_MIN, ())):
        for what, number, evse_id in acts:
            chargers[number].act(what, evse_id, organisation)
            clock.advance(1)
        for _ in range(minutes):
            clock.advance(60)
            for charger in chargers:
                charger.tick()
    for charger in chargers:
        charger.settle()
    return chargers, clock


def truth_of(charger: Charger, session: Session) -> Truth:
    assert session.ended_at is not None
    name = session.transaction_id
    return Truth(
        charger.station.identity, "", charger.quirks, session.evse_id, session.token.uid,
        None if name is None else str(name), session.started_at, session.ended_at,
        session.energy_wh, POWER_W / 60, session.told,
    )  # fmt: skip
