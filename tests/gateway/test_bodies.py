"""A body that is too large is refused before it is kept anywhere."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from apps.accounts.models import Organisation
from apps.uploads.addresses import is_of_ours, make_secret
from apps.uploads.services import open_upload
from tests.servers import rows, server_environment
from tests.throwaway import Platform, platform

MOST = 2_000
FILE = 50_000
PIECE = b"x" * 1_000


@pytest.fixture
async def small(
    transactional_db: None, network: Organisation, state: Path
) -> AsyncIterator[Platform]:
    """A server that takes small bodies, and larger files."""
    given = server_environment(OCPP_MAX_BODY_BYTES=str(MOST), OCPP_UPLOAD_MAX_BYTES=str(FILE))
    held = contextlib.ExitStack()
    yield await asyncio.to_thread(held.enter_context, platform(state, **given))
    await asyncio.to_thread(held.close)


async def sent(server: Platform, head: str, pieces: list[bytes]) -> tuple[str, int]:
    """The status line, and how many pieces went out before the server had enough."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"{head}\r\nHost: 127.0.0.1\r\n\r\n".encode())
    count = 0
    with contextlib.suppress(OSError):
        for count, piece in enumerate(pieces, 1):  # noqa: B007
            writer.write(piece)
            await writer.drain()
            if reader.at_eof() or reader._buffer:  # type: ignore[attr-defined]
                break
            await asyncio.sleep(0)
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    return line.decode().strip(), count


def chunked(pieces: int) -> list[bytes]:
    return [f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n"] * pieces + [b"0\r\n\r\n"]


async def test_a_body_that_says_it_is_too_large_is_not_waited_for(small: Platform) -> None:
    line, _ = await sent(small, "POST /login/ HTTP/1.1\r\nContent-Length: 1500000000", [])
    assert line.startswith("HTTP/1.1 413 ")


async def test_a_body_without_a_length_is_cut_off_where_it_is_too_large(small: Platform) -> None:
    head = "POST /login/ HTTP/1.1\r\nTransfer-Encoding: chunked"
    line, count = await sent(small, head, chunked(100_000))
    assert line.startswith("HTTP/1.1 413 ")
    assert count < 100_000, "the rest was not waited for"


async def test_what_fits_is_taken(small: Platform) -> None:
    head = f"POST /login/ HTTP/1.1\r\nContent-Length: {MOST}"
    line, _ = await sent(small, head, [b"x" * MOST])
    assert line.startswith("HTTP/1.1 403 "), "no CSRF token"


async def test_a_file_that_we_asked_for_may_be_large_and_no_other(
    small: Platform, network: Organisation
) -> None:
    _, address = await rows(
        lambda: open_upload(organisation_id=network.pk, station_id=1, now=datetime.now(UTC))
    )
    parts = urlsplit(address)
    for secret, status in ((parts.password, "201"), ("x" * 36, "413")):
        shown = base64.b64encode(f"{parts.username}:{secret}".encode()).decode()
        head = f"PUT {parts.path}log.txt HTTP/1.1\r\nAuthorization: Basic {shown}"
        line, _ = await sent(small, f"{head}\r\nContent-Length: {FILE}", [b"x" * FILE])
        assert line.split()[1] == status


def test_an_address_of_ours_is_known_by_its_mark() -> None:
    secret = make_secret(7)
    assert is_of_ours("7", secret)
    assert not is_of_ours("8", secret)
    assert not is_of_ours("7", "x" + secret[1:])
    assert not is_of_ours("7", "")
