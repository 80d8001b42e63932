"""Who is turned away costs others nothing: neither their handshakes nor their commands."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus, WebSocketException

from apps.accounts.models import Organisation
from apps.domain.commands import TriggerMessage
from apps.gateway import hub as hubs
from apps.gateway import strangers
from apps.journal.models import Refusal
from tests.gateway.test_connection_rules import basic, kept, opens, refused
from tests.gateway.test_rpc_rules import command, settled
from tests.servers import eventually, register, rows, server_environment
from tests.throwaway import Platform, platform
from tests.wire import Wire, dial

MakeWire = Callable[..., Awaitable[Wire]]
POISON = "x%00y"
STRANGERS = 64
MOST_S = 1.0


async def knock(server: Platform, path: str, **how: Any) -> int:
    """The status that a handshake on ``path`` is denied with; 101 where it is not."""
    address = f"ws://127.0.0.1:{server.port}/ocpp/{path}"
    try:
        wire = await dial(server.ocpp, "", address=address, **how)
    except InvalidStatus as denied:
        return denied.response.status_code
    await wire.close()
    return 101


@pytest.mark.parametrize(
    "path", [POISON, "x%0Ay", "x%1B%5B2Jy", "%7F", "x" * 49, "a%3Ab", "%2E%2E"]
)
async def test_an_identity_that_cannot_be_is_refused_and_kept(server: Platform, path: str) -> None:
    assert await knock(server, path) == 404
    row = await kept("impossible_identity")
    assert row.identity.isprintable()
    assert "identity" in row.detail


async def test_a_strangers_bad_handshakes_do_not_throw_out_honest_stations(
    server: Platform, network: Organisation
) -> None:
    for number in range(30):
        await rows(lambda name=f"CP{number}": register(network, name))  # type: ignore[misc]
    poison = [knock(server, POISON) for _ in range(30)]
    honest = [knock(server, f"CP{number}") for number in range(30)]
    assert set(await asyncio.gather(*poison)) == {404}
    assert set(await asyncio.gather(*honest)) == {101}


@pytest.mark.parametrize(
    "offered",
    [b"\xff", "ocpp1.6, \u00e9".encode(), b"%00", b"ocpp1.6,%00", b"ocpp0.9,ocpp0.9", b"a\x0bb"],
)
async def test_an_unreadable_offer_is_refused_and_kept(
    server: Platform, network: Organisation, offered: bytes
) -> None:
    await rows(lambda: register(network, "CP1"))
    status = await raw_handshake(server, b"/ocpp/CP1", offered)
    assert status == (101 if b"ocpp1.6" in offered else 400)
    if status == 400:
        assert (await kept("no_subprotocol")).identity == "CP1"


async def test_a_protocol_that_is_offered_twice_is_one(
    server: Platform, network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1"))
    assert await raw_handshake(server, b"/ocpp/CP1", b"ocpp2.0.1, ocpp2.0.1") == 101


async def raw_handshake(server: Platform, path: bytes, offered: bytes) -> int:
    """The status of a handshake whose bytes no library would send."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = [
        b"GET " + path + b" HTTP/1.1", b"Host: 127.0.0.1", b"Upgrade: websocket",
        b"Connection: Upgrade", b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", b"Sec-WebSocket-Protocol: " + offered,
    ]  # fmt: skip
    writer.write(b"\r\n".join(head) + b"\r\n\r\n")
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.transport.abort()
    return int(line.split()[1])


async def raw_request(server: Platform, *lines: bytes) -> int:
    """The status of a request in these lines."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.transport.abort()
    return int(line.split()[1])


KNOCK = b"GET /ocpp/CP1 HTTP/1.1"
FIT = {
    b"Host": b"127.0.0.1", b"Upgrade": b"websocket", b"Connection": b"Upgrade",
    b"Sec-WebSocket-Version": b"13", b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Protocol": b"ocpp1.6",
}  # fmt: skip


def lines_of(headers: dict[bytes, bytes]) -> list[bytes]:
    return [name + b": " + value for name, value in headers.items() if value]


@pytest.mark.parametrize(
    "odd",
    [
        {}, {b"Origin": b"file://"}, {b"Origin": b"null"}, {b"Origin": b"http:///"},
        {b"Origin": b"%%%"}, {b"Origin": b"http://a:b:c"}, {b"Upgrade": b""},
        {b"Upgrade": b"WebSocket, h2c"}, {b"Connection": b""}, {b"Connection": b"keep-alive"},
        {b"Upgrade": b"", b"Connection": b""}, {b"Sec-WebSocket-Version": b""}, {b"Host": b""},
        {b"Sec-WebSocket-Version": b"8", b"Sec-WebSocket-Origin": b"file://"},
    ],
)  # fmt: skip
async def test_a_handshake_that_can_mean_one_thing_only_leads_in(
    server: Platform, network: Organisation, odd: dict[bytes, bytes]
) -> None:
    await rows(lambda: register(network, "CP1"))
    assert await raw_request(server, KNOCK, *lines_of(FIT | odd)) == 101


@pytest.mark.parametrize("identity", ["Kö1", "CP 1", "CP  1"])
async def test_an_address_of_bytes_that_none_may_hold_leads_in(
    server: Platform, network: Organisation, identity: str
) -> None:
    await rows(lambda: register(network, identity))
    line = f"GET /ocpp/{identity} HTTP/1.1".encode()
    assert await raw_request(server, line, *lines_of(FIT)) == 101


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({b"Sec-WebSocket-Key": b""}, "Sec-WebSocket-Key header missing"),
        ({b"Sec-WebSocket-Key": b"short"}, "Sec-WebSocket-Key"),
        ({b"Sec-WebSocket-Key": b"?" * 24}, "Sec-WebSocket-Key"),
        ({b"Sec-WebSocket-Version": b"99"}, "version 99 not supported"),
        ({b"Sec-WebSocket-Version": b"x"}, "Sec-WebSocket-Version"),
        ({b"Host": b"a:b"}, "Host"),
        ({b"Odd name": b"x"}, "malformed"),
    ],
)
@pytest.mark.parametrize("identity", ["CP1", "NOBODY"])
async def test_what_http_forbids_is_refused_and_kept(
    server: Platform, network: Organisation, odd: dict[bytes, bytes], words: str, identity: str
) -> None:
    station = await rows(lambda: register(network, "CP1"))
    line = f"GET /ocpp/{identity} HTTP/1.1".encode()
    assert await raw_request(server, line, *lines_of(FIT | odd), b"User-Agent: odd/1") == 400
    row = await kept("bad_handshake")
    assert words in row.detail
    assert (row.identity, row.http_status) == (identity, 400)
    if "malformed" not in words:
        assert (row.user_agent, row.offered) == ("odd/1", "ocpp1.6")
    assert row.station_id == (station.pk if identity == "CP1" else None)


async def test_a_line_that_is_too_long_is_refused_and_kept(
    server: Platform, network: Organisation
) -> None:
    long = b"X: " + b"x" * 20_000
    assert await raw_request(server, KNOCK, *lines_of(FIT), long) == 414
    row = await kept("bad_handshake")
    assert (row.identity, row.detail) == ("CP1", "A line of the request is too long.")


async def test_who_is_refused_for_one_line_is_answered_once(server: Platform) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = [b"GET /healthz HTTP/1.1", b"Odd name: x", b"Host: 127.0.0.1", b"Also odd: x", b"", b""]
    writer.write(b"\r\n".join(head))
    told = await asyncio.wait_for(reader.read(), 10)
    writer.transport.abort()
    assert told.count(b"HTTP/1.1") == told.count(b"HTTP/1.1 400") == 1
    assert b"malformed" in told


async def test_who_knocks_badly_again_and_again_is_slowed_and_counted(strict: Platform) -> None:
    bad = lines_of(FIT | {b"Sec-WebSocket-Key": b""})
    statuses = [await raw_request(strict, KNOCK, *bad) for _ in range(6)]
    assert (statuses[0], statuses[-1]) == (400, 503)
    assert (await kept("bad_handshake")).count <= len(statuses)


async def test_the_pages_of_people_keep_their_origin(server: Platform) -> None:
    line = b"GET /live/ HTTP/1.1"
    assert await raw_request(server, line, *lines_of(FIT | {b"Origin": b"http://evil"})) == 403


@pytest.mark.django_db
def test_one_who_cannot_be_looked_up_fails_alone(network: Organisation, monkeypatch: Any) -> None:
    station = register(network, "CP1")
    real = hubs.find_meant

    def fail_for_one(asked: set[hubs.Names]) -> Any:
        if ("BAD",) in asked:
            raise ValueError("no text for a database")
        return real(asked)

    monkeypatch.setattr(hubs, "find_meant", fail_for_one)
    first, second, third = hubs._look_up([("CP1",), ("BAD",), ("CP2",)])
    assert first.id == station.pk
    assert isinstance(second, ValueError)
    assert third is None


@pytest.fixture
async def strict(
    transactional_db: None, network: Organisation, state: Path
) -> AsyncIterator[Platform]:
    """A server with small budgets for those that it turns away."""
    given = server_environment(OCPP_REFUSALS_PER_MINUTE="5", OCPP_GUESSES_PER_MINUTE="3")
    held = contextlib.ExitStack()
    yield await asyncio.to_thread(held.enter_context, platform(state, **given))
    await asyncio.to_thread(held.close)


async def test_who_is_turned_away_too_often_is_slowed_and_others_are_not(
    strict: Platform, network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1"))
    statuses = [await knock(strict, f"X{number}") for number in range(5)]
    assert statuses == [404] * 5
    assert await knock(strict, "X5") == 503
    assert await knock(strict, "CP1") == 101, "a station of the same address still comes in"
    assert (await kept("many_names")).identity == ""
    assert await rows(lambda: Refusal.objects.filter(identity="X5").count()) == 0


async def test_a_password_is_guessed_slowly(strict: Platform, network: Organisation) -> None:
    await rows(lambda: register(network, "CP1", password="right" * 4, security_profile=1))
    for number in range(3):
        wrong = await refused(strict, "CP1", "ocpp2.0.1", **basic("CP1", f"wrong{number}"))
        assert wrong.status_code == 401
    began = time.monotonic()
    wrong = await refused(strict, "CP1", "ocpp2.0.1", **basic("CP1", "wrong"))
    assert wrong.status_code == 401
    assert time.monotonic() - began > strangers.DELAY_S / 2
    assert await opens(strict, **basic("CP1", "right" * 4)), "the station itself is not shut out"


async def test_many_guesses_at_once_are_not_looked_at(
    strict: Platform, network: Organisation
) -> None:
    await rows(lambda: register(network, "CP1", password="right" * 4, security_profile=1))
    guesses = [
        refused(strict, "CP1", "ocpp2.0.1", **basic("CP1", f"wrong{number}"))
        for number in range(strangers.MOST_GUESSING * 3)
    ]
    statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert statuses.count(503) >= strangers.MOST_GUESSING
    assert (await kept("too_many_guesses")).station_id


async def test_strangers_do_not_stand_before_a_command(
    strict: Platform, network: Organisation
) -> None:
    """Sockets that never stop, each time under another name."""
    await rows(lambda: register(network, "CP1"))
    station = await dial(strict.ocpp, "CP1")
    await station.boot()
    flood = [asyncio.create_task(knocking(strict, number)) for number in range(STRANGERS)]
    try:
        await eventually(lambda: Refusal.objects.get(identity="").count > STRANGERS, "the flood")
        for _ in range(5):
            row = await command(network, TriggerMessage("Heartbeat"))
            frame = await station.next_call()
            await station.send([3, frame[1], {"status": "Accepted"}])
            answered = await settled(row)
            assert answered.sent_at is not None
            assert (answered.sent_at - answered.created_at).total_seconds() < MOST_S
    finally:
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
        await station.close()


async def knocking(server: Platform, number: int) -> None:
    for name in count():
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            await knock(server, f"X{number}-{name}", subprotocols=["ocpp1.6"])


ASTRAY = [
    ("/CP1", "CP1"), ("/OCPP/CP1", "CP1"), ("/CP9?password=secret", "CP9"),
    ("/steve/websocket/CentralSystemService/CP1", "CP1"), ("/", ""), ("/ocpp", ""), ("/ocpp/", ""),
    ("/a%3Ab", ""), ("/live", "live"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "identity"), ASTRAY)
async def test_who_knocks_at_another_address_is_refused_and_kept_with_it(
    server: Platform, network: Organisation, path: str, identity: str
) -> None:
    station = await rows(lambda: register(network, "CP1"))
    line = b"GET " + path.encode() + b" HTTP/1.1"
    assert await raw_request(server, line, *lines_of(FIT | {b"Origin": b"file://"})) == 404
    row = await kept("wrong_address")
    assert (row.identity, row.http_status) == (identity, 404)
    assert f"It asks for {path.split('?')[0]};" in row.detail
    assert "/ocpp/<identity>" in row.detail
    assert row.station_id == (station.pk if identity == "CP1" else None)


async def test_a_bad_handshake_is_kept_wherever_it_knocks(
    server: Platform, network: Organisation
) -> None:
    bad = lines_of(FIT | {b"Sec-WebSocket-Key": b""})
    assert await raw_request(server, b"GET /CP1 HTTP/1.1", *bad) == 400
    assert (await kept("bad_handshake")).identity == "CP1"


async def test_who_goes_astray_again_and_again_is_slowed(strict: Platform) -> None:
    paths = [f"GET /astray/{number} HTTP/1.1".encode() for number in range(7)]
    statuses = [await raw_request(strict, path, *lines_of(FIT)) for path in paths]
    assert (statuses[0], statuses[-1]) == (404, 503)
    assert await rows(Refusal.objects.count) < len(paths)
