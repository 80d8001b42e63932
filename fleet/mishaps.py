"""What befalls a charger in the middle of a session: its link, its memory, its power."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

from apps.simulator.station import SimStation
from apps.simulator.wire import HandshakeRefusedError

Mishap = Callable[[SimStation, random.Random], Awaitable[None]]
TRY_AGAIN_S = 1.0


async def nothing(_station: SimStation, _dice: random.Random) -> None:
    """All goes well."""


async def outage(station: SimStation, dice: random.Random) -> None:
    """The link is cut, and comes back; the session goes on, or ends meanwhile."""
    await station.cut()
    await asyncio.sleep(dice.uniform(5, 40))
    await come_back(station)


async def lost_answer(station: SimStation, dice: random.Random) -> None:
    """The link is cut before what was just told has been answered, and is back at once."""
    telling = [asyncio.ensure_future(station.tick(s.evse_id)) for s in station.active_sessions]
    await asyncio.sleep(dice.uniform(0, 0.02))
    await station.cut()
    await asyncio.gather(*telling)
    await come_back(station)


async def reboot(station: SimStation, dice: random.Random) -> None:
    """It ends what runs, says so, and is away for a moment."""
    await _stop_all(station, dice.choice(("Reboot", "ImmediateReset")))
    await station.reboot("Watchdog")


async def power_loss(station: SimStation, dice: random.Random) -> None:
    """What ended with the power is told when it is back."""
    await station.cut()
    await _stop_all(station, "PowerLoss")
    await asyncio.sleep(dice.uniform(5, 40))
    await station.connect_persistently("PowerUp")


async def amnesia(station: SimStation, dice: random.Random) -> None:
    """A loss of power that takes with it what had not been told."""
    await station.cut()
    await _stop_all(station, "PowerLoss")
    station.outbox.forget()
    await asyncio.sleep(dice.uniform(5, 30))
    await station.connect_persistently("PowerUp")


async def come_back(station: SimStation) -> None:
    """As after a mere loss of the link, however often it must be tried."""
    while not station.is_connected:
        try:
            await station.restore()
        except (OSError, HandshakeRefusedError):
            await asyncio.sleep(TRY_AGAIN_S)


async def _stop_all(station: SimStation, reason: str) -> None:
    for session in station.active_sessions:
        with suppress(TimeoutError):
            await station.stop_session(reason=reason, evse_id=session.evse_id)


WEIGHTS: dict[Mishap, int] = {
    nothing: 58, outage: 16, lost_answer: 6, reboot: 8, power_loss: 8, amnesia: 4,
}  # fmt: skip


def drawn(dice: random.Random) -> Mishap:
    """One of them, as often as its weight says."""
    return dice.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
