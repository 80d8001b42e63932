"""The database is away for a minute and a half, while stations go on calling.

Its address is a forwarder of the test's own: while that is closed, connections are refused and
those that were open break, as when a server is down.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import WebSocketException

from apps.accounts.models import Organisation
from tests.servers import register, rows, server_environment
from tests.throwaway import free_port, platform
from tests.wire import dial

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AWAY_S = 90
MOST_S = 10
STATIONS = 20


class Forwarder:
    """A port that leads to another one, unless it is closed."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.port = free_port()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, beyond = await asyncio.open_connection(*self._target)
        self._writers |= {writer, beyond}
        with contextlib.suppress(OSError):
            await asyncio.gather(_copy(reader, beyond), _copy(onward, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def forwarded(state: Path) -> AsyncIterator[tuple[Forwarder, str]]:
    """A gateway whose database lies behind a forwarder, and where stations reach it."""
    given = server_environment()
    address = urlsplit(given["DATABASE_URL"])
    between = Forwarder(address.hostname or "", address.port or 5432)
    await between.open()
    there = address._replace(netloc=f"{address.username}@127.0.0.1:{between.port}")
    held = contextlib.ExitStack()
    try:
        given["DATABASE_URL"] = there.geturl()
        running = await asyncio.to_thread(held.enter_context, platform(state, **given))
        yield between, running.ocpp
    finally:
        await asyncio.to_thread(held.close)
        await between.close()


async def calling(url: str, identity: str, answered: Callable[[], None]) -> None:
    """A station that connects and sends, over and over, however it is turned away."""
    while True:
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            wire = await dial(url, identity)
            with contextlib.closing(_Cut(wire.cut)):
                while await wire.is_alive():
                    answered()
                    await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)


class _Cut:
    def __init__(self, cut: Callable[[], None]) -> None:
        self.close = cut


async def until(is_so: Callable[[], bool], within_s: float) -> float:
    """The seconds that it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within_s, f"not within {within_s} s"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_stations_are_answered_soon_after_a_long_outage_of_the_database(
    network: Organisation, state: Path
) -> None:
    identities = [f"OUT{number:02}" for number in range(STATIONS)]
    for identity in identities:
        await rows(lambda identity=identity: register(network, identity))  # type: ignore[misc]
    answers: list[float] = []
    async with forwarded(state) as (database, url):
        stations = [
            asyncio.create_task(calling(url, one, lambda: answers.append(time.monotonic())))
            for one in identities
        ]
        await until(lambda: len(answers) > STATIONS, 30)
        await database.close()
        await asyncio.sleep(AWAY_S)  # the outage itself
        answers.clear()
        await database.open()
        took_s = await until(lambda: bool(answers), 150)
        await _end(stations)
        assert took_s < MOST_S, f"answered {took_s:.1f} s after the return"


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """A cancellation that meets a time limit is lost in it: asked for until all have ended."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=1)
