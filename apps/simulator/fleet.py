"""Many simulated stations at once, until told to stop."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from apps.simulator.behaviour import Visit, keep_visiting, plan_car, play
from apps.simulator.clock import Clock
from apps.simulator.curve import Supply
from apps.simulator.dialect import Identity
from apps.simulator.meter import Meter
from apps.simulator.outlet import Outlet, Token
from apps.simulator.quirks import BOTH, BY_NAME, UnknownQuirkError
from apps.simulator.station import SimStation
from apps.simulator.v16 import SimStation16
from apps.simulator.v201 import SimStation201

STATION_CLASSES: dict[str, type[SimStation]] = {
    "ocpp2.0.1": SimStation201,
    "ocpp1.6": SimStation16,
}
Report = Callable[[str], None]


@dataclass(frozen=True)
class FleetOptions:
    url: str
    stations: int = 1
    protocol: str | None = None  # None: both, in turn
    quirks: tuple[str, ...] = ()
    prefix: str = "SIM"
    identity: str | None = None
    password: str | None = None
    tokens: tuple[str, ...] = ("DEADBEEF",)
    speed: float = 1.0
    sample_interval_s: int = 10
    is_once: bool = False
    once_s: float = 20.0  # real seconds of charging, whatever the speed
    seed: int = 1


def protocols_for(options: FleetOptions) -> list[str]:
    """The versions to use in turn: those that have every quirk asked for."""
    known = [BY_NAME[name].protocols for name in options.quirks if name in BY_NAME]
    able = frozenset(BOTH).intersection(*known)
    wanted = [p for p in STATION_CLASSES if options.protocol in (None, p) and p in able]
    if not wanted:
        raise UnknownQuirkError("no OCPP version asked for has all of these quirks")
    return wanted


def build_fleet(options: FleetOptions) -> list[SimStation]:
    protocols = protocols_for(options)
    return [
        _build_station(options, number, protocols[(number - 1) % len(protocols)])
        for number in range(1, options.stations + 1)
    ]


def _build_station(options: FleetOptions, number: int, protocol: str) -> SimStation:
    chance = random.Random(f"{options.seed}/{number}")
    return STATION_CLASSES[protocol](
        identity=options.identity or f"{options.prefix}{number:04d}",
        url=options.url,
        password=options.password,
        about=Identity(serial=f"SIM{options.seed:03d}{number:05d}"),
        outlets=[Outlet(1, Supply(), meter=Meter(chance.randrange(10_000, 900_000)))],
        quirks=options.quirks,
        clock=Clock(options.speed),
        sample_interval_s=options.sample_interval_s,
        samples_itself=True,
        seed=options.seed,
    )


async def run_fleet(options: FleetOptions, stop: asyncio.Event, report: Report) -> None:
    """Returns when `stop` is set or, with `is_once`, when every station has had its session."""
    stations = build_fleet(options)
    jobs = [_run_station(station, options, report) for station in stations]
    await until_stopped(stop, jobs, stations)


async def _run_station(station: SimStation, options: FleetOptions, report: Report) -> None:
    await station.connect_persistently()
    report(f"{station.identity} ({station.protocol}): boot {station.boot_status}")
    tokens = [Token(uid) for uid in options.tokens]
    chance = random.Random(f"{options.seed}/{station.identity}")
    if not options.is_once:
        await keep_visiting(station, 1, tokens, chance)
    car, token = plan_car(chance), chance.choice(tokens)
    charge_s = options.once_s * options.speed
    session = await play(station, 1, Visit(token, car, charge_s=charge_s, linger_s=1.0))
    report(f"{station.identity}: {_outcome(session)}")


def _outcome(session: Any) -> str:
    if session is None:
        return "no session"
    return f"session {session.transaction_id}, {session.energy_wh} Wh, {session.stop_reason}"


async def until_stopped(
    stop: asyncio.Event,
    jobs: Iterable[Coroutine[Any, Any, None]],
    stations: Iterable[SimStation],
) -> None:
    """Runs the jobs until all are done or `stop` is set; then every station leaves politely."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    finished: asyncio.Future[Any] = asyncio.gather(*tasks)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({finished, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if finished.done():
            finished.result()
    finally:
        stopped.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, finished, return_exceptions=True)
        await asyncio.gather(*(station.close() for station in stations))
