"""Kills one part after the other, at random, and starts it again."""

import asyncio
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from chaos.estate import Estate, Part
from chaos.stations import Station

PAUSE_S = (1.0, 4.0)
AWAY_S = (0.0, 2.0)
LONG_AWAY_S = (2.0, 6.0)  # now and then something is away for longer
_IS_LONG = 0.2
# Nobody waits for these, and they die at no cost: the others shall die more often.
_PATIENT, _LIGHT, _HEAVY = ("worker", "beat"), 1, 3


@dataclass
class Kill:
    name: str
    at: float


class Killer:
    """``kills`` are what it did, in order; the dice say what comes next."""

    def __init__(self, estate: Estate, dice: random.Random) -> None:
        self.kills: list[Kill] = []
        self._parts = estate.parts
        self._rising: dict[Part, asyncio.Task[None]] = {}
        self._dice = dice

    async def rage(self, until: float) -> None:
        """Until the instant of the monotonic clock; then everything runs again."""
        while time.monotonic() < until:
            await asyncio.sleep(self._dice.uniform(*PAUSE_S))
            standing = [part for part in self._parts if part not in self._rising]
            if standing:
                weights = [_LIGHT if part.name in _PATIENT else _HEAVY for part in standing]
                victim = self._dice.choices(standing, weights)[0]
                self._begin(victim, self._kill(victim))
            self._raise_fallen()
        while self._rising:
            await asyncio.gather(*self._rising.values())
            self._raise_fallen()

    def _begin(self, part: Part, work: Coroutine[Any, Any, None]) -> None:
        task = self._rising[part] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._rising.pop(part))

    async def _kill(self, part: Part) -> None:
        """And start it again; meanwhile others may die, too."""
        self.kills.append(Kill(part.name, time.monotonic()))
        is_long = self._dice.random() < _IS_LONG
        away_s = self._dice.uniform(*(LONG_AWAY_S if is_long else AWAY_S))
        await asyncio.to_thread(part.kill)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(part.start)

    def _raise_fallen(self) -> None:
        """What ended by itself, as a supervisor would; it is counted."""
        for part in self._parts:
            if part not in self._rising and part.has_fallen():
                part.falls += 1
                self._begin(part, asyncio.to_thread(part.start))


def recoveries_s(kills: list[Kill], stations: list[Station]) -> list[tuple[float, str]]:
    """How long after each kill it took until every station had been heard again."""
    heard = [
        [told.acknowledged_at for told in station.acknowledged if told.acknowledged_at is not None]
        for station in stations
    ]
    found = []
    for kill in kills:
        firsts = [next((at for at in times if at > kill.at), None) for times in heard]
        known = [at - kill.at for at in firsts if at is not None]
        found.append((max(known, default=0.0), kill.name))
    return found


def silence_s(station: Station) -> float:
    """The longest time between two acknowledgements: stations always have something to say."""
    times = [told.acknowledged_at or 0.0 for told in station.acknowledged]
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)
