"""The chargers of all makers, and who drives up to them."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from apps.simulator.behaviour import FAULTS, Visit, play
from apps.simulator.curve import Car, Supply
from apps.simulator.dialect import Identity
from apps.simulator.fleet import STATION_CLASSES
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet, Session, Token
from apps.simulator.presence import Timing
from apps.simulator.station import SimStation
from fleet import mishaps
from fleet.makers import MAKERS, Maker, quirks_of

SAMPLE_INTERVAL_S = 6
SHORTEST_S, LONGEST_S = 50.0, 140.0
IDLE_S = (4.0, 20.0)
REFUSED_SHARE, PAUSE_SHARE, FAULT_SHARE = 0.06, 0.15, 0.05
LEAVING_SHARE = 0.03  # of chargers, whose link is cut in the last third and left away
_AC_W, _DC_W = (7_400, 11_000, 22_000), (50_000, 150_000)
_TIMING = Timing(call_timeout_s=30, reboot_s=2.0, back_off_first_s=0.5, back_off_longest_s=5.0)


class Cards:
    """Each is used once, so that it tells which session is which; some are refused."""

    def __init__(self, known: int) -> None:
        self._good = (f"CA4D{number:06X}" for number in range(known))
        self._bad = (f"BAD0{number:06X}" for number in count())

    def next(self, *, is_good: bool) -> str:
        return next(self._good if is_good else self._bad)


@dataclass
class Charger:
    """``refused``: cards that it was told to refuse; ``leaves_at``: seconds after the begin."""

    maker: Maker
    quirks: tuple[str, ...]
    station: SimStation
    leaves_at_s: float | None = None
    refused: list[str] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return self.station.identity

    @property
    def sessions(self) -> list[Session]:
        return self.station.sessions

    async def live(self, cards: Cards, dice: random.Random, duration_s: float) -> None:
        """Drivers come until they could no longer leave in time; then all that waits is told."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        await asyncio.sleep(dice.uniform(0, min(10.0, duration_s / 4)))
        await self.station.connect_persistently()
        until = began_at + duration_s
        leaving = self._leave(began_at) if self.leaves_at_s is not None else None
        driven = [
            _Drivers(self, evse_id, cards, random.Random(dice.random())).come(until)
            for evse_id in self.station.outlets
        ]
        await asyncio.gather(*driven, *([leaving] if leaving else ()))

    async def _leave(self, began_at: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, began_at + (self.leaves_at_s or 0) - loop.time()))
        await self.station.cut()


@dataclass
class _Drivers:
    """Those of one outlet, one after the other. A mishap of the charger is nobody's alone."""

    charger: Charger
    evse_id: int
    cards: Cards
    dice: random.Random

    async def come(self, until: float) -> None:
        loop, last_s = asyncio.get_running_loop(), LONGEST_S
        while (left_s := until - loop.time()) > SHORTEST_S / 2:
            last_s = self.dice.uniform(SHORTEST_S, LONGEST_S)
            await self._visit(min(last_s, left_s))
            await asyncio.sleep(self.dice.uniform(*IDLE_S))

    async def _visit(self, charge_s: float) -> None:
        card = self.cards.next(is_good=self.dice.random() > REFUSED_SHARE)
        mishap = mishaps.drawn(self.dice)
        befalling = asyncio.ensure_future(self._befall(mishap, charge_s))
        station = self.charger.station
        session = await play(station, self.evse_id, self._plan(card, charge_s))
        if session is None and card.startswith("BAD") and self._was_asked(card):
            self.charger.refused.append(card)
        await befalling

    async def _befall(self, mishap: mishaps.Mishap, charge_s: float) -> None:
        await asyncio.sleep(charge_s * self.dice.uniform(0.2, 1.1))
        if self.charger.station.is_online:
            await mishap(self.charger.station, self.dice)

    def _was_asked(self, card: str) -> bool:
        for sent in reversed(self.charger.station.sent):
            if sent.action == "Authorize" and card in str(sent.payload):
                return sent.answer is not None
        return False

    def _plan(self, card: str, charge_s: float) -> Visit:
        pauses, faults = self.dice.random() < PAUSE_SHARE, self.dice.random() < FAULT_SHARE
        return Visit(
            token=Token(card),
            car=Car(77_000.0, 20.0, 100.0, 22_000, 150_000, self.dice.choice((1, 3, 3))),
            charge_s=charge_s,
            pause_at_s=charge_s * self.dice.uniform(0.2, 0.5) if pauses else None,
            pause_s=charge_s * 0.2,
            fault_at_s=charge_s * self.dice.uniform(0.6, 0.9) if faults else None,
            fault_s=5.0,
            fault=self.dice.choice(FAULTS),
            linger_s=self.dice.uniform(1, 4),
        )


def built(urls: list[str], count: int, dice: random.Random, duration_s: float) -> list[Charger]:
    """As many of each maker."""
    return [_build(urls, number, dice, duration_s) for number in range(count)]


def _build(urls: list[str], number: int, dice: random.Random, duration_s: float) -> Charger:
    maker = MAKERS[number % len(MAKERS)]
    quirks = quirks_of(maker, number // len(MAKERS))
    leaves = dice.random() < LEAVING_SHARE
    station = STATION_CLASSES[maker.protocol](
        identity=f"FLEET{number:04d}",
        url=urls[number % len(urls)],
        about=Identity(maker.name if maker.vendor is None else maker.vendor, maker.name,
                       "1.0.0", f"S{number:06d}"),
        outlets=list(_outlets(maker, dice)),
        quirks=quirks,
        timing=_TIMING,
        sample_interval_s=SAMPLE_INTERVAL_S,
        samples_itself=True,
        seed=number,
    )  # fmt: skip
    leaves_at_s = duration_s * dice.uniform(0.67, 0.95) if leaves else None
    return Charger(maker, quirks, station, leaves_at_s)


def _outlets(maker: Maker, dice: random.Random) -> Iterator[Outlet]:
    for evse_id in range(1, maker.evses + 1):
        kind, powers = ("DC", _DC_W) if maker.is_dc else ("AC", _AC_W)
        supply = Supply(kind, dice.choice(powers), voltage_v=400.0 if maker.is_dc else 230.0)  # type: ignore[arg-type]
        meter = Meter(dice.choice((0, 5_000, dice.randrange(50_000, 900_000), 7_930_000)))
        yield Outlet(evse_id, supply, meter=meter)
