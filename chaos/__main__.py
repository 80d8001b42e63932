"""``python -m chaos [--minutes 2] [--seed N] [--stations 40]``; not 0 where anything was wrong."""

import argparse
import asyncio
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

from chaos.estate import Estate, estate
from chaos.killer import Killer, recoveries_s, silence_s
from chaos.people import Person
from chaos.stations import Station

DRAIN_S = 150
_THREADS = 32  # each part that starts holds one, and nobody shall wait for it
LEAST_MESSAGES_A_STATION = 10  # fewer, and nothing has been tried
SEED = """
from apps.accounts.keys import create_api_key
from apps.accounts.services import home_organisation
from apps.stations.models import Station
from apps.history.doers import command_line
from apps.stations.sites import default_location
home = home_organisation()
place = default_location(home, actor=command_line("chaos"))
Station.objects.bulk_create(
    Station(organisation=home, location=place, identity=f"CHAOS{n:03d}") for n in range(%d)
)
print(create_api_key(organisation=home, name="chaos", actor=command_line("chaos"))[1])
"""


def main() -> int:
    given = _arguments()
    print(
        f"chaos: {given.minutes:g} minutes, {given.stations} stations, seed {given.seed}",
        flush=True,
    )
    with estate() as built:
        os.environ.update(built.env, DJANGO_SETTINGS_MODULE="ocpp_platform.settings")
        django.setup()
        key = _registered(built, given.stations)
        return asyncio.run(_play(built, key, given))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--stations", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    return parser.parse_args()


def _registered(built: Estate, count: int) -> str:
    """The stations, and the key of whoever commands them."""
    return built.manage("shell", "-v0", "-c", SEED % count)


async def _play(built: Estate, key: str, given: argparse.Namespace) -> int:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    dice = random.Random(given.seed)
    stations = [
        Station(f"CHAOS{n:03d}", built.urls, random.Random(dice.random()), is_16=n % 2 == 0)
        for n in range(given.stations)
    ]
    names = [station.identity for station in stations]
    person = Person(built.web_port, key, names, random.Random(dice.random()))
    killer = Killer(built, random.Random(dice.random()))
    is_ending, has_left = asyncio.Event(), asyncio.Event()
    living = [asyncio.create_task(station.live(is_ending)) for station in stations]
    working = asyncio.create_task(person.work(has_left))
    await killer.rage(time.monotonic() + given.minutes * 60)
    has_left.set()
    await asyncio.wait([working], timeout=DRAIN_S)
    await asyncio.to_thread(_settled)  # who goes before would leave what was given him last
    is_ending.set()
    await asyncio.wait([*living, working], timeout=DRAIN_S)
    for task in (*living, working):
        task.cancel()
    await asyncio.gather(*living, working, return_exceptions=True)
    return await asyncio.to_thread(_report, built, killer, stations, person)


def _settled() -> None:
    """Until every command has come to an end, or for as long as that may take."""
    from chaos import verdict

    deadline = time.monotonic() + DRAIN_S
    while not verdict.is_settled() and time.monotonic() < deadline:
        time.sleep(1)


def _report(built: Estate, killer: Killer, stations: list[Station], person: Person) -> int:
    from chaos import verdict  # its models need what is set up above

    _settled()
    figures = verdict.judge(stations, person)
    for part in built.parts:
        fell = f", ended by itself {part.falls} times" if part.falls else ""
        _print(f"kills of {part.name}", f"{part.kills}{fell}")
    for figure in figures:
        _print(figure.name, f"{figure.value:,}", is_wrong=figure.is_wrong and figure.value != 0)
    slowest, name = max(recoveries_s(killer.kills, stations), default=(0.0, "nothing"))
    _print("longest recovery of all stations", f"{slowest:.1f} s, after {name} was killed")
    longest_s = max(map(silence_s, stations), default=0.0)
    _print("longest time without an answer to a station", f"{longest_s:.1f} s")
    has_played = all(len(s.acknowledged) >= LEAST_MESSAGES_A_STATION for s in stations)
    if not has_played:
        print("Too little happened to conclude anything.")
    return int(not has_played or any(figure.is_wrong and figure.value for figure in figures))


def _print(name: str, value: str, *, is_wrong: bool = False) -> None:
    print(f"{name:<46} {value:>30}{'   WRONG' if is_wrong else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
