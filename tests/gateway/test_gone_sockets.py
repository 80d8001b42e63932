"""Whoever vanishes at whatever moment leaves no traceback in the log."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

from apps.accounts.models import Organisation, User
from apps.domain.commands import TriggerMessage
from tests.dashboard.test_log_in import open_page, session_of
from tests.gateway.test_rpc_rules import command
from tests.servers import all_gone, register, rows, server_environment
from tests.throwaway import Platform, platform
from tests.wire import dial

pytestmark = pytest.mark.django_db(transaction=True)

STATIONS = 40
BEGINNINGS = (
    b"",
    b"GET /ocpp/CP1 HTTP/1.1\r\n",
    b"GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nabc",
    b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)
OPENED = (
    b"GET /ocpp/CP1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: ocpp2.0.1\r\n\r\n"
)


async def vanish(server: Platform, said: bytes, *, is_answered: bool = False) -> None:
    """Say something and be gone, perhaps after the first words of the answer."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(said)
    with contextlib.suppress(OSError):
        await writer.drain()
    if is_answered:
        await asyncio.wait_for(reader.read(10), 10)
    writer.transport.abort()


async def test_who_vanishes_leaves_no_traceback(network: Organisation, state: Path) -> None:
    await rows(lambda: register(network, "CP1"))
    person = await rows(lambda: User.objects.create_user("eva", organisation=network))
    held = contextlib.ExitStack()
    server = await asyncio.to_thread(held.enter_context, platform(state, **server_environment()))
    for said in (*BEGINNINGS, OPENED):
        await vanish(server, said)
    await vanish(server, OPENED, is_answered=True)
    for _ in range(3):
        await a_page_vanishes(server, await rows(lambda: session_of(person)))
        await a_station_vanishes(server, network)
    for number in range(STATIONS):
        await rows(lambda name=f"G{number}": register(network, name))  # type: ignore[misc]
    for _ in range(3):
        await asyncio.gather(*[one_of_a_crowd(server, number) for number in range(3 * STATIONS)])
    await all_gone()
    await asyncio.to_thread(held.close)
    assert "Traceback" not in server.log.read_text()


async def a_page_vanishes(server: Platform, session: str) -> None:
    page = await open_page(server, session)
    await page.send('{"watch": ["tiles:all"], "listen": ["messages"]}')
    page.transport.abort()


async def a_station_vanishes(server: Platform, network: Organisation) -> Any:
    station = await dial(server.ocpp, "CP1")
    await station.boot()
    await command(network, TriggerMessage("Heartbeat"))
    await station.next_call()
    for number in range(20):
        await station.send([2, f"m{number}", "Heartbeat", {}])
    station.cut()


async def one_of_a_crowd(server: Platform, number: int) -> None:
    """It waits for none of its answers; others come under the same identity."""
    with contextlib.suppress(OSError, WebSocketException, TimeoutError):
        station = await dial(server.ocpp, f"G{number % STATIONS}")
        for message in range(30):
            await station.send([2, f"m{message}", "Heartbeat", {}])
        if number % 3 == 0:
            station.cut()
        elif number % 3 == 1:
            await station.close()
        else:
            station.socket.transport.close()
