"""What drivers do: arrive, charge, pause, meet a fault, leave. Planned by a seed, then played."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from apps.simulator.curve import Car
from apps.simulator.outlet import Session, Token
from apps.simulator.station import SimStation

FAULTS = ("GroundFailure", "HighTemperature", "OverCurrentFailure", "PowerMeterFailure")
PAUSE_SHARE = 0.25
FAULT_SHARE = 0.06


@dataclass(frozen=True)
class Visit:
    """One driver at one outlet. Seconds are paced: the clock's speed shortens them."""

    token: Token
    car: Car
    wait_s: float = 0.0
    charge_s: float = 1_800.0
    pause_at_s: float | None = None
    pause_s: float = 300.0
    fault_at_s: float | None = None
    fault_s: float = 300.0
    fault: str = FAULTS[0]
    linger_s: float = 30.0


def plan_visit(chance: random.Random, tokens: Sequence[Token]) -> Visit:
    charge_s = chance.uniform(1_500.0, 3_600.0)
    pauses, faults = chance.random() < PAUSE_SHARE, chance.random() < FAULT_SHARE
    return Visit(
        token=chance.choice(tokens),
        car=plan_car(chance),
        wait_s=chance.uniform(60.0, 600.0),
        charge_s=charge_s,
        pause_at_s=charge_s * chance.uniform(0.2, 0.6) if pauses else None,
        pause_s=chance.uniform(200.0, 600.0),
        fault_at_s=charge_s * chance.uniform(0.3, 0.9) if faults else None,
        fault_s=chance.uniform(300.0, 900.0),
        fault=chance.choice(FAULTS),
        linger_s=chance.uniform(20.0, 200.0),
    )


def plan_car(chance: random.Random) -> Car:
    return Car(
        capacity_wh=chance.choice((42_000.0, 58_000.0, 77_000.0, 93_000.0)),
        soc_pct=round(chance.uniform(12.0, 82.0), 1),
        target_pct=chance.choice((80.0, 90.0, 100.0)) + 5.0,
        max_ac_power_w=chance.choice((7_400, 11_000, 11_000, 22_000)),
        max_dc_power_w=chance.choice((50_000, 110_000, 135_000, 170_000)),
    )


async def play(station: SimStation, evse_id: int, visit: Visit) -> Session | None:
    """The session that came of the visit; one that the server started meanwhile is adopted."""
    await station.clock.pace(visit.wait_s)
    outlet = station.outlets[evse_id]
    session = outlet.active_session
    if session is None:
        if not outlet.is_free or outlet.is_plugged:
            return None
        await station.plug_in(evse_id, visit.car)
        session = await station.start_session(token=visit.token, evse_id=evse_id)
    if session is not None:
        await _charge(station, session, visit)
    await station.clock.pace(visit.linger_s)
    if outlet.active_session in (None, session):
        await station.unplug(evse_id)
    return session


async def _charge(station: SimStation, session: Session, visit: Visit) -> None:
    """Until the driver's time is up, or the session ends for another reason."""
    evse_id, passed_s = session.evse_id, 0.0
    for at_s, interlude in sorted(_interludes(visit)):
        await _let_pass(station, session, at_s - passed_s)
        passed_s = at_s
        if session.is_active:
            await INTERLUDES[interlude](station, evse_id, visit)
    await _let_pass(station, session, visit.charge_s - passed_s)
    if session.is_active:
        await station.stop_session(reason="Local", evse_id=evse_id)


def _interludes(visit: Visit) -> list[tuple[float, str]]:
    found = ((visit.pause_at_s, "pause"), (visit.fault_at_s, "fault"))
    return [(at_s, name) for at_s, name in found if at_s is not None]


async def _pause(station: SimStation, evse_id: int, visit: Visit) -> None:
    await station.pause(by="EV", evse_id=evse_id)
    await station.clock.pace(visit.pause_s)
    await station.resume(evse_id)


async def _fault(station: SimStation, evse_id: int, visit: Visit) -> None:
    await station.fault(visit.fault, evse_id)
    await station.clock.pace(visit.fault_s)
    await station.recover(evse_id)


INTERLUDES = {"pause": _pause, "fault": _fault}


async def _let_pass(station: SimStation, session: Session, seconds: float) -> None:
    """Wait, but no longer than the session lives."""
    if seconds <= 0 or not session.is_active:
        return
    waits = (station.clock.pace(seconds), station.wait_for_end(session))
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def keep_visiting(
    station: SimStation,
    evse_id: int,
    tokens: Sequence[Token],
    chance: random.Random,
    first: Visit | None = None,
) -> None:
    """Driver after driver, for ever."""
    visit = first or plan_visit(chance, tokens)
    while True:
        await play(station, evse_id, visit)
        visit = plan_visit(chance, tokens)
