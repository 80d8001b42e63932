"""A bare OCPP socket: frames as the test writes them, answers as the server does."""

import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE_S = 15.0


class Wire:
    """One socket. ``ask`` expects the answer to be the next frame that is none of our calls."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.calls: asyncio.Queue[list[Any]] = asyncio.Queue()
        self.answers: asyncio.Queue[list[Any]] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                await (self.calls if frame[0] == 2 else self.answers).put(frame)

    async def send(self, frame: Any) -> None:
        """A frame: text or bytes as they are, everything else as JSON."""
        is_raw = isinstance(frame, str | bytes)
        await self.socket.send(frame if is_raw else json.dumps(frame))

    async def send_text(self, text: bytes) -> None:
        """A text frame of any bytes, valid UTF-8 or not."""
        await self.socket.send(text, text=True)

    async def call(self, action: str, payload: Any, message_id: str | None = None) -> list[Any]:
        """The answer frame to a call."""
        message_id = message_id or str(uuid.uuid4())
        await self.send([2, message_id, action, payload])
        frame = await self.answer()
        assert frame[1] == message_id, f"{frame} does not answer {message_id}"
        return frame

    async def ask(self, action: str, payload: Any) -> Any:
        """The payload of the CALLRESULT to a call."""
        frame = await self.call(action, payload)
        assert frame[0] == 3, f"{action} was refused: {frame}"
        return frame[2]

    async def answer(self) -> list[Any]:
        """The next answer of the server."""
        return await asyncio.wait_for(self.answers.get(), PATIENCE_S)

    async def next_call(self) -> list[Any]:
        """The next call of the server."""
        return await asyncio.wait_for(self.calls.get(), PATIENCE_S)

    async def boot(self) -> Any:
        """A BootNotification as the socket's version has it; the answer."""
        if self.socket.subprotocol == "ocpp1.6":
            return await self.ask(
                "BootNotification", {"chargePointVendor": "Test", "chargePointModel": "One"}
            )
        about = {"vendorName": "Test", "model": "One"}
        return await self.ask("BootNotification", {"reason": "PowerUp", "chargingStation": about})

    async def is_alive(self) -> bool:
        """Whether the server still answers."""
        return (await self.call("Heartbeat", {}))[0] == 3

    async def closed(self) -> int:
        """The close code, once the socket is closed."""
        await asyncio.wait_for(self.socket.wait_closed(), PATIENCE_S)
        return self.socket.close_code or 1006

    async def close(self) -> None:
        await self.socket.close()
        self._reader.cancel()
        await asyncio.wait({self._reader})

    async def hand_over(self) -> ClientConnection:
        """The bare socket, for a client of somebody else's; nothing is read here any more."""
        self._reader.cancel()
        await asyncio.wait({self._reader})
        return self.socket

    def cut(self) -> None:
        """Vanish without a close frame."""
        self.socket.transport.abort()


async def dial(url: str, identity: str, protocol: str | None = "ocpp2.0.1", **how: Any) -> Wire:
    """Open a socket; websockets' InvalidStatus where the server refuses."""
    address = how.pop("address", f"{url}/{quote(identity, safe='')}")
    offered = how.pop("subprotocols", [protocol] if protocol else None)
    return Wire(await connect(address, subprotocols=offered, proxy=None, **how))
