"""Stations that never give up: one message at a time, the same again until it is acknowledged."""

import asyncio
import json
import random
import time
from collections import Counter, deque
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from chaos.stories import Payload, Story, Told, completed, take

PERIOD_S = 0.8  # between two messages of a station
ANSWER_S = 40  # longer than a gateway waits for its database
_BACK_OFF_S = (0.2, 1.0)
_REFUSED_S = 1.0


class Station:
    """One of either version, on whichever gateway takes it.

    ``carried_out`` counts the orders that it has obeyed, by the number that each carries.
    """

    def __init__(self, identity: str, urls: list[str], dice: random.Random, *, is_16: bool) -> None:
        self.identity, self.is_16 = identity, is_16
        self.story = Story(identity, dice, is_16=is_16)
        self.queue: deque[Told] = deque()
        self.acknowledged: list[Told] = []
        self.carried_out: Counter[str] = Counter()
        self.refusals = self.sent_again = 0
        self._urls, self._dice = urls, dice
        self._has_booted = False
        self._answers: dict[str, asyncio.Future[list[Any]]] = {}
        self._waiting = asyncio.Event()

    async def live(self, is_ending: asyncio.Event) -> None:
        """Charge until ``is_ending``, then until all has been acknowledged."""
        telling = asyncio.create_task(self._charge(is_ending))
        while not (telling.done() and not self.queue):
            with suppress(OSError, WebSocketException, TimeoutError):
                await self._stay(telling)
            await asyncio.sleep(self._dice.uniform(*_BACK_OFF_S))
        await telling

    async def _charge(self, is_ending: asyncio.Event) -> None:
        """Things happen at a station whether it is connected or not."""
        await asyncio.sleep(self._dice.uniform(0, PERIOD_S))
        while not is_ending.is_set():
            self._have(self.story.next())
            with suppress(TimeoutError):
                await asyncio.wait_for(is_ending.wait(), PERIOD_S)
        self._have(self.story.next(is_last=True))

    def _have(self, told: Told | None) -> None:
        if told is not None:
            self.queue.append(told)
            self._waiting.set()

    async def _stay(self, telling: "asyncio.Task[None]") -> None:
        """One connection, for as long as it lasts."""
        protocol: Any = "ocpp1.6" if self.is_16 else "ocpp2.0.1"
        url = f"{self._dice.choice(self._urls)}/{self.identity}"
        async with connect(url, subprotocols=[protocol], proxy=None, compression=None) as socket:
            hearing = asyncio.create_task(self._hear(socket))
            talking = asyncio.create_task(self._talk(socket, telling))
            done, rest = await asyncio.wait({hearing, talking}, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            for task in done:
                task.result()

    async def _talk(self, socket: ClientConnection, telling: "asyncio.Task[None]") -> None:
        if not self._has_booted:
            await self._call(socket, f"{self.identity}-boot", "BootNotification", self._boot())
            self._has_booted = True
        while not (telling.done() and not self.queue):
            self._waiting.clear()
            if not self.queue:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._waiting.wait(), PERIOD_S)
                continue
            await self._tell(socket, self.queue[0])

    async def _tell(self, socket: ClientConnection, told: Told) -> None:
        told.sent += 1
        self.sent_again += told.sent > 1
        answer = await self._call(socket, told.id, told.action, completed(told))
        if answer[0] != 3:
            self.refusals += 1
            await asyncio.sleep(_REFUSED_S)
            return
        take(told, answer[2])
        told.acknowledged_at = time.monotonic()
        self.acknowledged.append(self.queue.popleft())

    async def _call(
        self, socket: ClientConnection, message_id: str, action: str, payload: Payload
    ) -> list[Any]:
        future = self._answers[message_id] = asyncio.get_running_loop().create_future()
        await socket.send(json.dumps([2, message_id, action, payload]))
        return await asyncio.wait_for(future, ANSWER_S)

    async def _hear(self, socket: ClientConnection) -> None:
        async for text in socket:
            frame = json.loads(text)
            if frame[0] == 2:
                await socket.send(json.dumps(self._obey(*frame[1:4])))
            elif (future := self._answers.pop(frame[1], None)) and not future.done():
                future.set_result(frame)

    def _obey(self, message_id: str, action: str, payload: Payload) -> list[Any]:
        if action == "DataTransfer":
            self.carried_out[payload["data"]] += 1
            return [3, message_id, {"status": "Accepted"}]
        if action == "GetTransactionStatus":
            return [3, message_id, self._status_of(payload.get("transactionId"))]
        return [4, message_id, "NotSupported", "", {}]

    def _status_of(self, transaction_id: str | None) -> Payload:
        sessions = self.story.sessions
        running = bool(sessions) and sessions[-1].ended_at is None
        is_it = running and sessions[-1].transaction_id == transaction_id
        return {"ongoingIndicator": is_it, "messagesInQueue": bool(self.queue)}

    def _boot(self) -> Payload:
        if self.is_16:
            return {"chargePointVendor": "Chaos", "chargePointModel": "C-16"}
        about = {"vendorName": "Chaos", "model": "C-201"}
        return {"reason": "PowerUp", "chargingStation": about}
