"""A plain central system for the simulator's tests: answers everything, remembers every frame.

Every frame that the stations send is checked with the JSON schemas of the `ocpp` package.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Payload = dict[str, Any]
NOW = "2025-03-01T08:00:00Z"
FOLDERS = {"ocpp1.6": "ocpp.v16.schemas", "ocpp2.0.1": "ocpp.v201.schemas"}
PATIENCE_S = 5


@cache
def validator(protocol: str, name: str) -> Any:
    text = (files(FOLDERS[protocol]) / f"{name}.json").read_text(encoding="utf-8-sig")
    return jsonschema_rs.validator_for(json.loads(text), validate_formats=True)


def request_schema(protocol: str, action: str) -> Any:
    return validator(protocol, action if protocol == "ocpp1.6" else f"{action}Request")


@dataclass
class Frame:
    action: str
    payload: Any
    message_id: str
    connection: int
    problems: list[str]


@dataclass
class Csms:
    """Answers can be set per action: a payload, or None for silence."""

    url: str = ""
    frames: list[Frame] = field(default_factory=list)
    answers: dict[str, Payload | None] = field(default_factory=dict)
    authorizations: list[str | None] = field(default_factory=list)
    sockets: list[ServerConnection] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _pending: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _next_id: int = 1000

    async def serve_station(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        number = len(self.sockets)
        self.sockets.append(socket)
        self.authorizations.append(socket.request.headers.get("Authorization"))
        try:
            async for text in socket:
                await self._take(socket, number, json.loads(text))
        except ConnectionClosed:
            pass
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, socket: ServerConnection, number: int, frame: list[Any]) -> None:
        if frame[0] != 2:
            self._pending.pop(frame[1]).set_result(frame)
            return
        _, message_id, action, payload = frame
        protocol = str(socket.subprotocol)
        schema = request_schema(protocol, action)
        problems = [error.message for error in schema.iter_errors(payload)]
        async with self._changed:
            self.frames.append(Frame(action, payload, message_id, number, problems))
            self._changed.notify_all()
        answer = self._answer(protocol, action, payload)
        if answer is not None:
            await socket.send(json.dumps([3, message_id, answer]))

    def _answer(self, protocol: str, action: str, payload: Any) -> Payload | None:
        if action in self.answers:
            return self.answers[action]
        if action == "BootNotification":
            return {"status": "Accepted", "currentTime": NOW, "interval": 300}
        if action == "Heartbeat":
            return {"currentTime": NOW}
        if action == "StartTransaction":
            self._next_id += 1
            return {"transactionId": self._next_id, "idTagInfo": {"status": "Accepted"}}
        if action == "Authorize":
            name = "idTagInfo" if protocol == "ocpp1.6" else "idTokenInfo"
            return {name: {"status": "Accepted"}}
        if action == "TransactionEvent" and "idToken" in payload:
            return {"idTokenInfo": {"status": "Accepted"}}
        return {}

    async def call(self, action: str, payload: Payload | None = None) -> Payload:
        """Ask the station that connected last; its answer must fit the schema."""
        frame = await self.call_raw(action, payload or {})
        assert frame[0] == 3, frame
        schema = validator(str(self.sockets[-1].subprotocol), f"{action}Response")
        assert not [error.message for error in schema.iter_errors(frame[2])]
        answer: Payload = frame[2]
        return answer

    async def call_raw(self, action: str, payload: Payload) -> list[Any]:
        message_id = str(uuid.uuid4())
        self._pending[message_id] = asyncio.get_running_loop().create_future()
        await self.sockets[-1].send(json.dumps([2, message_id, action, payload]))
        return list(await asyncio.wait_for(self._pending[message_id], PATIENCE_S))

    async def wait_for(self, ready: Callable[[], Any]) -> Any:
        """Until `ready()` is true of what was received."""
        async with self._changed:
            async with asyncio.timeout(PATIENCE_S):
                return await self._changed.wait_for(ready)

    async def wait_for_frame(self, action: str, count: int = 1, **fields: Any) -> Frame:
        """The `count`-th frame of that action whose payload has these fields."""
        await self.wait_for(lambda: len(self.of(action, **fields)) >= count)
        return self.of(action, **fields)[count - 1]

    def of(self, action: str, **fields: Any) -> list[Frame]:
        return [
            frame
            for frame in self.frames
            if frame.action == action
            and all((frame.payload or {}).get(key) == value for key, value in fields.items())
        ]

    def payloads(self, action: str, **fields: Any) -> list[Payload]:
        return [frame.payload for frame in self.of(action, **fields)]

    @property
    def problems(self) -> list[str]:
        return [f"{f.action}: {problem}" for f in self.frames for problem in f.problems]


@asynccontextmanager
async def running_csms(
    process_request: Any = None, subprotocols: tuple[str, ...] = tuple(FOLDERS)
) -> AsyncIterator[Csms]:
    csms = Csms()
    async with serve(
        csms.serve_station,
        "127.0.0.1",
        0,
        subprotocols=list(subprotocols),  # type: ignore[arg-type]
        process_request=process_request,
    ) as server:
        host, port = server.sockets[0].getsockname()[:2]
        csms.url = f"ws://{host}:{port}/ocpp"
        yield csms
