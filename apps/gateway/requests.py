"""Daphne's HTTP requests, with what it leaves out.

An answer that has begun and cannot be finished is cut: Daphne would begin a second one, fail at
that, and leave the first one open for ever. The headers of a handshake are made readable before
its library judges them, so that whoever is refused is refused by us, and kept. A station's
handshake is completed where what it lacks can only be one thing; its Origin, which protects
browsers, says nothing of it. A line that is too long is told so.
"""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet import reactor

from apps.gateway.unfit import is_of_people, is_of_station, turn_away

_OFFERED = "Sec-WebSocket-Protocol"
_SHOWS_HANDSHAKE = ("Sec-WebSocket-Key", "Sec-WebSocket-Version", _OFFERED)
_UNWRITTEN = re.compile(rb"[^\x21-\x7e]")
_MOST_OF_PATH = 1_024
LINGER_S = 2  # what still comes is dropped: who is cut off at once does not hear why
_keeping: set["asyncio.Future[Any]"] = set()
_WITHOUT_MEANING = ("Origin", "Sec-WebSocket-Origin")
_CAN_ONLY_BE = {"Sec-WebSocket-Version": b"13", "Host": b"unnamed"}


class Request(WebRequest):
    def process(self) -> Any:
        if self._is_of_station():
            self._complete()
        if (self.getHeader(b"upgrade") or b"").lower() == b"websocket":
            self._make_readable()
        return super().process()

    def _is_of_station(self) -> bool:
        """Whether a station wants to come in, however it says so; elsewhere, in plain words."""
        headers = self.requestHeaders
        if b"websocket" in (self.getHeader(b"upgrade") or b"").lower():
            return not is_of_people(self.path)
        is_handshake = any(headers.hasHeader(name) for name in _SHOWS_HANDSHAKE)
        return is_handshake and is_of_station(self.path)

    def _complete(self) -> None:
        headers = self.requestHeaders
        for name in _WITHOUT_MEANING:
            headers.removeHeader(name)
        headers.setRawHeaders("Upgrade", [b"websocket"])
        headers.setRawHeaders("Connection", [b"Upgrade"])
        for name, value in _CAN_ONLY_BE.items():
            if not headers.hasHeader(name):
                headers.setRawHeaders(name, [value])

    def handle_exception(self, exception: Exception) -> None:
        """A proper error where nothing has been sent; else the client sees the answer break off."""
        if not self._response_started:
            super().handle_exception(exception)
        elif not self.finished and self.channel is not None:
            self.channel.transport.abortConnection()

    def _make_readable(self) -> None:
        """Plain text in each header, and no sub-protocol twice."""
        for name, values in list(self.requestHeaders.getAllRawHeaders()):
            self.requestHeaders.setRawHeaders(name, [readable(value) for value in values])
        offered = self.requestHeaders.getRawHeaders(_OFFERED)
        if offered:
            self.requestHeaders.setRawHeaders(_OFFERED, [once_each(", ".join(offered))])


class Factory(HTTPFactory):
    """``HTTPFactory`` of requests of a class of ours."""

    made: type[Request] = Request

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = self.made
        channel = protocol._channel
        channel.lineReceived = partial(_hear, channel.lineReceived)
        channel.lineLengthExceeded = lambda line: _too_long(channel, line)
        channel._respondToBadRequestAndDisconnect = lambda: _malformed(channel)
        return protocol


def _hear(receive: Callable[[bytes], None], line: bytes) -> None:
    """The address of a station may hold what none may: it is encoded, and judged with the rest."""
    method, _, rest = line.partition(b" ")
    address, _, version = rest.rpartition(b" ")
    is_odd = method == b"GET" and is_of_station(address)
    receive(b" ".join((method, written(address), version)) if is_odd else line)


def _too_long(channel: Any, line: bytes) -> None:
    path = getattr(channel, "_path", b"") or b"".join(line[:_MOST_OF_PATH].split()[1:2])
    words = "A line of the request is too long."
    _turn_away(channel, path, HTTPStatus.REQUEST_URI_TOO_LONG, words)


def _malformed(channel: Any) -> None:
    words = "The request is malformed, or too large."
    _turn_away(channel, getattr(channel, "_path", b""), HTTPStatus.BAD_REQUEST, words)


def _turn_away(channel: Any, path: bytes, status: HTTPStatus, words: str) -> None:
    """Nobody reads on; it is kept where a station has sent it."""
    for name in ("dataReceived", "lineReceived", "rawDataReceived", "lineLengthExceeded"):
        setattr(channel, name, lambda _data: None)
    if is_of_station(path):
        peer = str(getattr(channel.transport.getPeer(), "host", ""))
        keeping = turn_away(status.value, words, path=path, headers=(), client=peer)
        _keeping.add(task := asyncio.ensure_future(keeping))
        task.add_done_callback(_keeping.discard)
    refuse(channel, status, words, linger_s=LINGER_S)


def refuse(channel: Any, status: HTTPStatus, words: str, *, linger_s: float = 0) -> None:
    """Say so and hang up, at once or after a while, where no request can be answered."""
    body = f"{words}\n".encode()
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain\r\n"
    head += f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    channel.transport.write(head.encode() + body)
    reactor.callLater(linger_s, channel.loseConnection)  # type: ignore[arg-type]


def readable(value: bytes) -> bytes:
    """Without bytes that no header may hold."""
    return bytes(byte if 32 <= byte < 127 or byte == 9 else ord("?") for byte in value)


def written(address: bytes) -> bytes:
    """With each byte that no address may hold encoded."""
    return _UNWRITTEN.sub(lambda found: b"%%%02X" % found[0][0], address)


def once_each(offered: str) -> str:
    """The names of a list with commas, in their order, none of them again."""
    return ", ".join(dict.fromkeys(name.strip() for name in offered.split(",")))
