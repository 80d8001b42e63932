"""`manage.py simulate`: simulated stations against any central system, until Ctrl-C."""

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.simulator.demo import DEMO_STATIONS, run_demo
from apps.simulator.fleet import STATION_CLASSES, FleetOptions, build_fleet, run_fleet
from apps.simulator.quirks import CATALOGUE, UnknownQuirkError
from ocpp_platform import whereabouts


class Command(BaseCommand):
    help = "Runs simulated charging stations against a central system."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--url", default=f"{whereabouts.socket_url()}/ocpp", help="identity appended, or {id}")
        add("--stations", type=int, default=1)
        add("--protocol", choices=list(STATION_CLASSES), help="default: both, in turn")
        add("--quirk", action="append", default=[], metavar="NAME", help="may be repeated")
        add("--prefix", default="SIM", help="identities are PREFIX0001, PREFIX0002, ...")
        add("--identity", help="the whole identity of a single station")
        add("--password", help="Basic authentication, the same for all")
        add("--token", action="append", metavar="UID", help="may be repeated")
        add("--speed", type=float, default=1.0, help="visits shorter, batteries smaller by this")
        add("--sample-interval", type=int, default=10, metavar="SECONDS")
        add("--once", action="store_true", help="one session per station, then leave")
        add("--seed", type=int, default=1)
        add("--demo", action="store_true", help="the eight stations of the demo network")
        add("--list-quirks", action="store_true")

    def handle(self, *_args: Any, **given: Any) -> None:
        if given["list_quirks"]:
            self._list_quirks()
            return
        if given["demo"]:
            asyncio.run(self._demonstrate(given["url"]))
            return
        options = _options(given)
        try:
            build_fleet(options)
        except UnknownQuirkError as error:
            raise CommandError(str(error)) from error
        asyncio.run(self._run(options))

    def _list_quirks(self) -> None:
        for quirk in CATALOGUE:
            versions = ", ".join(sorted(quirk.protocols))
            self.stdout.write(f"{quirk.name:<34} {quirk.summary} ({versions})")

    async def _run(self, options: FleetOptions) -> None:
        await run_fleet(options, _stop_on_signal(), self.stdout.write)

    async def _demonstrate(self, url: str) -> None:
        await run_demo(url, DEMO_STATIONS, _stop_on_signal())


def _stop_on_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


def _options(given: dict[str, Any]) -> FleetOptions:
    if given["identity"] and given["stations"] != 1:
        raise CommandError("--identity names a single station; use --prefix for several")
    if given["speed"] <= 0:
        raise CommandError("--speed is a factor above 0")
    return FleetOptions(
        url=given["url"],
        stations=given["stations"],
        protocol=given["protocol"],
        quirks=tuple(given["quirk"]),
        prefix=given["prefix"],
        identity=given["identity"],
        password=given["password"],
        tokens=tuple(given["token"] or ("DEADBEEF",)),
        speed=given["speed"],
        sample_interval_s=given["sample_interval"],
        is_once=given["once"],
        seed=given["seed"],
    )
