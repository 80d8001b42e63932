"""One WebSocket and the OCPP conversation on it; knows up and down, nothing of charging."""

import asyncio
import base64
import logging
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from ocpp.exceptions import OCPPError, UnknownCallErrorCodeError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from apps.simulator.conversation import Conversation
from apps.simulator.wire import (
    CallRefusedError,
    HandshakeRefusedError,
    LinkDownError,
    Message,
    Payload,
    Sent,
)

LOGGER = logging.getLogger(__name__)
MakeClient = Callable[[ClientConnection], Conversation]


def address(url: str, identity: str) -> str:
    """`<url>/<identity>`, or the identity where the URL says `{id}`."""
    name = quote(identity, safe="")
    return url.replace("{id}", name) if "{id}" in url else f"{url.rstrip('/')}/{name}"


def basic_auth(identity: str, password: str | None) -> dict[str, str]:
    if password is None:
        return {}
    credentials = base64.b64encode(f"{identity}:{password}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


def _retry_after_s(value: str | None) -> float | None:
    return float(value) if value is not None and value.isdigit() else None


class Link:
    """`on_lost` is called once when an open socket goes away, whoever closed it."""

    def __init__(self, make_client: MakeClient, on_lost: Callable[[], None]) -> None:
        self._make_client = make_client
        self._on_lost = on_lost
        self._socket: ClientConnection | None = None
        self._client: Conversation | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        return self._reader is not None and not self._reader.done()

    async def open(self, url: str, protocol: str, headers: dict[str, str]) -> None:
        try:
            self._socket = await connect(
                url,
                subprotocols=[protocol],  # type: ignore[list-item]
                additional_headers=headers,
                proxy=None,
            )
        except InvalidStatus as refusal:
            response = refusal.response
            raise HandshakeRefusedError(
                response.status_code, _retry_after_s(response.headers.get("Retry-After"))
            ) from refusal
        self._client = self._make_client(self._socket)
        self._reader = asyncio.ensure_future(self._read(self._client))

    async def _read(self, client: Conversation) -> None:
        try:
            await client.start()
        except ConnectionClosed as closed:
            LOGGER.info("%s: connection closed: %s", client.id, closed)
        finally:
            self._on_lost()

    async def call(self, message: Message, sent: Sent) -> Payload:
        """The answer, or LinkDownError, TimeoutError, CallRefusedError. Fills in `sent`."""
        if self._client is None or self._reader is None or self._reader.done():
            raise LinkDownError
        exchange = asyncio.ensure_future(self._client.exchange(message, sent.message_id))
        try:
            await asyncio.wait({exchange, self._reader}, return_when=asyncio.FIRST_COMPLETED)
            if not exchange.done():
                raise LinkDownError
            sent.answer = exchange.result()
        except ConnectionClosed as closed:
            raise LinkDownError from closed
        except (OCPPError, UnknownCallErrorCodeError) as error:
            sent.error = repr(error)
            raise CallRefusedError(sent.error) from error
        finally:
            exchange.cancel()
        return sent.answer

    async def close(self) -> None:
        """Say goodbye and wait until the socket is closed."""
        if self._socket is not None:
            await self._socket.close()
        await self._reader_gone()

    async def cut(self) -> None:
        """Vanish: no close frame, as when a cable is pulled."""
        if self._socket is not None:
            self._socket.transport.abort()
        await self._reader_gone()

    async def _reader_gone(self) -> None:
        reader: asyncio.Future[Any] | None = self._reader
        if reader is not None and reader is not asyncio.current_task():
            await asyncio.wait({reader})


def new_message_id() -> str:
    return str(uuid.uuid4())
