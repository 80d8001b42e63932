"""Transaction messages in order: each leaves when its predecessor was answered.

What is not answered stays at the head and is sent again, with a new message id, after the
next reconnect; what the server keeps refusing is dropped after some attempts.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apps.simulator.wire import CallRefusedError, LinkDownError, Message, Payload


@dataclass
class Entry:
    message: Message
    attempts: int = 0


class Outbox:
    def __init__(
        self,
        call: Callable[[Message], Awaitable[Payload]],
        settled: Callable[[Message, Payload | None], None],
        is_open: Callable[[], bool],
        max_attempts: int = 3,
    ) -> None:
        self._call = call
        self._settled = settled
        self._is_open = is_open
        self._max_attempts = max_attempts
        self._queue: deque[Entry] = deque()
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._queue)

    def holds(self, transaction_id: str) -> bool:
        return any(
            entry.message.session is not None and entry.message.session.key == transaction_id
            for entry in self._queue
        )

    async def post(self, message: Message) -> None:
        """Queue, and return once it was answered or the link is down."""
        self._queue.append(Entry(message))
        await self.flush()

    def forget(self) -> None:
        """What was not told is lost, as where it was kept in memory only."""
        self._queue.clear()

    async def flush(self) -> None:
        async with self._lock:
            while self._queue and self._is_open():
                entry = self._queue[0]
                if not await self._deliver(entry):
                    return
                if self._queue and self._queue[0] is entry:
                    self._queue.popleft()

    async def _deliver(self, entry: Entry) -> bool:
        """Whether the entry is done with, for better or worse."""
        while True:
            entry.attempts += 1
            try:
                answer = await self._call(resolved(entry.message))
            except LinkDownError:
                entry.attempts -= 1
                return False
            except (CallRefusedError, TimeoutError):
                if entry.attempts < self._max_attempts:
                    continue
                self._settled(entry.message, None)
                return True
            self._settled(entry.message, answer)
            return True


def resolved(message: Message) -> Message:
    """The message with the transaction id that its session has got by now (1.6), -1 if none."""
    payload = message.payload
    if message.session is None or payload.get("transactionId", 0) is not None:
        return message
    known = message.session.transaction_id
    payload = payload | {"transactionId": -1 if known is None else known}
    return Message(message.action, payload, message.session, message.is_kept, message.breaks_schema)
