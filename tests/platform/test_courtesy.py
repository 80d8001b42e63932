"""A long download lets the pages of its process go first, and comes to its end all the same."""

import asyncio
from collections.abc import Generator

import pytest
from pytest_django import Settings

from ocpp_platform import streaming
from ocpp_platform.streaming import Application, Handler, PiecemealResponse, attended


def pieces(made: list[str]) -> Generator[str, None, None]:
    for piece in ("head", "first", "second", "third"):
        made.append(piece)
        yield piece


async def download(made: list[str]) -> list[bytes]:
    sent: list[bytes] = []

    async def application(_scope: object, _receive: object, _send: object) -> None:
        sent.extend([piece async for piece in PiecemealResponse(pieces(made))])

    await answered(application)
    return sent


class Failing(PiecemealResponse):
    is_closed = False

    def close(self) -> None:
        self.is_closed = True


def two_then_none() -> Generator[str, None, None]:
    yield from ("head", "first")
    raise RuntimeError("no more")


async def test_what_fails_while_it_is_sent_is_closed(settings: Settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True  # no files are collected
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    response = Failing(two_then_none())
    with pytest.raises(RuntimeError):
        await Handler().send_response(response, send)
    assert [message.get("body") for message in sent[1:]] == [b"head", b"first"]
    assert response.is_closed


async def answered(application: Application) -> None:
    await attended(application)(None, None, None)


async def test_no_piece_is_made_while_a_page_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "COURTESY_S", 60)
    made: list[str] = []
    is_asked, may_end = asyncio.Event(), asyncio.Event()

    async def page(_scope: object, _receive: object, _send: object) -> None:
        is_asked.set()
        await may_end.wait()

    answering = asyncio.create_task(answered(page))
    await is_asked.wait()
    downloading = asyncio.create_task(download(made))
    await asyncio.wait([downloading], timeout=20 * streaming.GLANCE_S)
    assert made == ["head"]
    may_end.set()
    await answering
    assert await downloading == [b"head", b"first", b"second", b"third"]


async def test_pages_without_end_do_not_stop_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "COURTESY_S", 2 * streaming.GLANCE_S)
    forever = object()
    monkeypatch.setattr(streaming, "_answering", {forever})
    assert len(await download([])) == 4


async def test_two_downloads_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "COURTESY_S", 60)
    both = await asyncio.gather(download([]), download([]))
    assert [len(sent) for sent in both] == [4, 4]


async def test_nobody_is_waited_for_who_was_answered() -> None:
    async def failing(_scope: object, _receive: object, _send: object) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await answered(failing)
    assert not streaming._answering
