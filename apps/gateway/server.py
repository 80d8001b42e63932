"""Daphne as OCPP needs it; with ``bodies`` the only module that knows which server carries us.

It refuses handshakes with a status and headers (ASGI websocket.http.response), keeps those
that its library refuses, accepts
permessage-deflate (OCPP 2.0.1 Part 4 §3.3), never closes a socket for its age, bounds frames
and each socket's inbound queue (the TCP connection is paused), and hands on text that is not
UTF-8 instead of closing.
"""

import asyncio
import gc
from collections.abc import Awaitable
from functools import partial
from http import HTTPStatus
from typing import Any

from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.error import CannotListenError

from apps.gateway import denial, tls, unfit
from apps.gateway.admission import Refused
from apps.gateway.bodies import BoundedFactory
from ocpp_platform import environment, whereabouts

NEVER = -1
PING_INTERVAL_S = 240  # keeps NAT tables warm; some stations never answer a ping
HANDSHAKE_S = 60
BACKLOG = 4096
CLOSE_IN_ORDER = 1000
_DEFLATE_MEMORY = 4  # zlib memLevel: 4 KiB per socket instead of 128


class StationSocket(WebSocketProtocol):
    """One WebSocket. ``_denial`` is the refusal of its handshake while it is told."""

    _denial: dict[str, Any] | None = None
    _unfit: asyncio.Task[None] | None = None
    _is_paused = False

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.http.response.start":
            self._denial = message
        elif message["type"] == "websocket.http.response.body":
            self._deny(message.get("body", b""))
        else:
            super().handle_reply(message)

    def onOpen(self) -> None:  # noqa: N802
        self.transport.setTcpKeepAlive(1)
        super().onOpen()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        is_text = not isBinary and _is_utf8(payload)
        super().onMessage(payload, not is_text)
        queue = getattr(self, "application_queue", None)
        if queue is not None and queue.qsize() >= settings.OCPP_INBOUND_QUEUE_FRAMES:
            self._pause()

    def failHandshake(  # noqa: N802
        self,
        reason: str,
        code: int = 400,
        responseHeaders: Any = None,  # noqa: N803
    ) -> None:
        """What HTTP forbids a station is refused and kept like all else; once, whatever follows."""
        path, headers = unfit.request_of(self.http_request_data)
        if hasattr(self, "request") or unfit.is_of_people(path):
            super().failHandshake(reason, code, responseHeaders)
        elif self._unfit is None:
            peer = str(getattr(self.transport.getPeer(), "host", ""))
            turned_away = unfit.turn_away(code, reason, path=path, headers=headers, client=peer)
            self._unfit = asyncio.ensure_future(self._tell(turned_away))

    def onClose(self, wasClean: bool, code: int, reason: str) -> None:  # noqa: N802, N803
        """What we closed for is known, whether or not the other side still answered."""
        if not hasattr(self, "request"):  # it has never come in
            return
        super().onClose(wasClean, code if wasClean else self.localCloseCode or code, reason)

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802
        """What is said to a socket that has gone is lost, like what is on its way to it."""
        if self.state in (self.STATE_CONNECTING, self.STATE_OPEN):
            super().serverSend(content, binary)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        """With the code that was asked for; autobahn keeps 1001 to 1013 from applications."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code or CLOSE_IN_ORDER, isReply=False)
        else:
            super().serverClose(code)

    def resume_if_drained(self, waiting: int) -> None:
        """Read on from the network when the application has caught up."""
        if self._is_paused and waiting == 0:
            self._is_paused = False
            self.transport.resumeProducing()

    def _pause(self) -> None:
        if not self._is_paused:
            self._is_paused = True
            self.transport.pauseProducing()

    async def _tell(self, turned_away: Awaitable[Refused]) -> None:
        refused = await turned_away
        if self.state == self.STATE_CONNECTING:
            start, body = denial.responses(refused)
            self._answer(start["status"], start["headers"], body["body"])

    def _deny(self, body: bytes) -> None:
        """Answer the handshake with an HTTP error and close the connection."""
        del self.handshake_deferred
        told = self._denial or {}
        self._answer(told.get("status", 403), told.get("headers", []), body)
        self.server.protocol_disconnected(self)

    def _answer(self, number: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        status = HTTPStatus(number)
        length = str(len(body)).encode()
        headers = [*headers, (b"connection", b"close"), (b"content-length", length)]
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.sendData(head + lines + b"\r\n" + body)
        self.dropConnection(abort=False)


class WatchedQueue(asyncio.Queue[dict[str, Any]]):
    """Tells its socket when the application has taken the last waiting frame."""

    def __init__(self, protocol: Any) -> None:
        super().__init__()
        self._resume = getattr(protocol, "resume_if_drained", None)

    async def get(self) -> dict[str, Any]:
        message = await super().get()
        if self._resume is not None:
            self._resume(self.qsize())
        return message


class StationServer(Server):
    """``Server`` with our sockets, requests and queues."""

    @property
    def http_factory(self) -> BoundedFactory:
        return self._requests

    @http_factory.setter
    def http_factory(self, _made: Any) -> None:
        self._requests = BoundedFactory(self)

    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._sockets

    @ws_factory.setter
    def ws_factory(self, made: WebSocketFactory) -> None:
        made.protocol = StationSocket
        self._sockets = made

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> WatchedQueue | None:
        """As in Daphne, with a queue that can hold the network back."""
        if scope["type"] == "websocket":
            scope["extensions"] = {"websocket.http.response": {}}
            if (shown := tls.extension(protocol.transport)) is not None:
                scope["extensions"]["tls"] = shown
        queue = WatchedQueue(protocol)
        scope.setdefault("asgi", {"version": "3.0"})
        application = self.application(
            scope=scope, receive=queue.get, send=partial(self.handle_reply, protocol)
        )
        if protocol not in self.connections:
            application.close()
            return None
        task = asyncio.ensure_future(application)
        self.connections[protocol]["application_instance"] = task
        return queue


def serve(application: Any, host: str, port: int, *, ready: Any = None) -> None:
    """Listen until a signal ends the process. ``ready`` is called when options are set."""

    def when_ready() -> None:
        server.ws_factory.setProtocolOptions(
            perMessageCompressionAccept=_accept_deflate,
            utf8validateIncoming=False,
            failByDrop=False,  # a station hears why: 1009 and not just silence
            openHandshakeTimeout=HANDSHAKE_S,
        )
        if contexts is not None:
            _listen_tls(server, contexts, host)
        if ready is not None:
            ready(server)

    contexts = tls.contexts() if settings.OCPP_TLS_PORT else None
    gc.collect()
    gc.freeze()  # what was imported stays: looking for garbage in it stops everything for 60 ms
    server = StationServer(
        application,
        endpoints=[
            f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}:backlog={BACKLOG}"
        ],
        websocket_timeout=NEVER,
        websocket_connect_timeout=HANDSHAKE_S,
        websocket_max_message_size=settings.OCPP_MAX_FRAME_BYTES,
        websocket_max_frame_size=settings.OCPP_MAX_FRAME_BYTES,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=0,
        verbosity=0,
        server_name="ocpp-platform",
        ready_callable=when_ready,
    )
    whereabouts.note_port(port)
    server.run()


def _listen_tls(server: StationServer, contexts: tls.Contexts, host: str) -> None:
    port = settings.OCPP_TLS_PORT
    try:
        reactor.listenSSL(port, server.http_factory, contexts, BACKLOG, host)
    except CannotListenError as error:
        environment.fail("OCPP_TLS_PORT", str(port), f"a free port ({error.socketError})")


def _accept_deflate(offers: list[Any]) -> PerMessageDeflateOfferAccept | None:
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer):
            return PerMessageDeflateOfferAccept(
                offer, no_context_takeover=True, mem_level=_DEFLATE_MEMORY
            )
    return None


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode("utf8")
    except UnicodeDecodeError:
        return False
    return True
