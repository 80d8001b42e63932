"""Group commit: whatever waits from all sockets goes into one transaction, in a thread.

An idle system commits an event at once; under load the batch grows by itself, because new
events arrive while the one before is being written. The thread takes its next batch by itself:
to be handed one by the busy event loop would cost it a tenth of its time.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

Given = TypeVar("Given")
Got = TypeVar("Got")
Waiting = tuple[Given, asyncio.Future[Got]]


class Group(Generic[Given, Got]):
    """Collects calls of ``submit`` and runs ``work`` on many at a time, in its one thread.

    ``work`` takes a list and returns a list of the same length and order; a result that is an
    exception is raised to its caller. When ``work`` itself raises, every call of that batch
    does. Belongs to the event loop that submits first.
    """

    def __init__(
        self, work: Callable[[list[Given]], Sequence[Got | Exception]], most: int, name: str
    ) -> None:
        self._work = work
        self._most = most
        self._name = name
        self._queue: SimpleQueue[Waiting[Given, Got] | None] = SimpleQueue()
        self._thread: Thread | None = None

    async def submit(self, given: Given) -> Got:
        """The result for ``given``, once its batch is done."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Got] = loop.create_future()
        if self._thread is None:
            self._thread = Thread(target=self._run, args=(loop,), name=self._name, daemon=True)
            self._thread.start()
        self._queue.put((given, future))
        return await future

    async def close(self) -> None:
        """Finish what waits, then end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while taken := self._take():
            results: Sequence[Got | Exception]
            try:
                results = self._work([given for given, _ in taken])
            except Exception as error:  # noqa: BLE001 - an edge: each caller gets the error
                results = [error] * len(taken)
            with suppress(RuntimeError):  # the loop has ended, and with it who would hear
                loop.call_soon_threadsafe(_settle, taken, results)

    def _take(self) -> "list[Waiting[Given, Got]]":
        """What waits, but at most ``most``; waits for the first. Empty: the end."""
        taken: list[Waiting[Given, Got]] = []
        waiting = self._queue.get()
        while waiting is not None:
            taken.append(waiting)
            if len(taken) == self._most:
                return taken
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                return taken
        if taken:
            self._queue.put(None)  # the end, after this batch
        return taken


def _settle(taken: list[Waiting[Given, Got]], results: Sequence[Got | Exception]) -> None:
    for (_, future), result in zip(taken, results, strict=True):
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
