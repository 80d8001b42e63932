"""Daphne's HTTP requests, with what it leaves out.

An answer that has begun and cannot be finished is cut: Daphne would begin a second one, fail at
that, and leave the first one open for ever. The headers of a handshake are made readable before
its library judges them, so that whoever is refused is refused by us, and kept. A line that is
too long is told so.
"""

from http import HTTPStatus
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet import reactor

_OFFERED = "Sec-WebSocket-Protocol"


class Request(WebRequest):
    def process(self) -> Any:
        if (self.getHeader(b"upgrade") or b"").lower() == b"websocket":
            self._make_readable()
        return super().process()

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
        protocol.lineLengthExceeded = lambda _line: refuse(
            protocol, HTTPStatus.REQUEST_URI_TOO_LONG, "A line of the request is too long."
        )
        return protocol


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


def once_each(offered: str) -> str:
    """The names of a list with commas, in their order, none of them again."""
    return ", ".join(dict.fromkeys(name.strip() for name in offered.split(",")))
