"""Group commit: whatever waits from all sockets goes into one transaction, in a thread.

An idle system commits an event at once; under load the batch grows by itself, because new
events arrive while the one before is being written.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Given = TypeVar("Given")
Got = TypeVar("Got")


class Group(Generic[Given, Got]):
    """Collects calls of ``submit`` and runs ``work`` on many at a time, in its one thread.

    ``work`` takes a list and returns a list of the same length and order; when it raises,
    every call of that batch raises.
    """

    def __init__(self, work: Callable[[list[Given]], list[Got]], most: int, name: str) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Given, asyncio.Future[Got]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._runner: asyncio.Task[None] | None = None

    async def submit(self, given: Given) -> Got:
        """The result for ``given``, once its batch is done."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Got] = loop.create_future()
        self._waiting.append((given, future))
        if self._runner is None:
            self._runner = loop.create_task(self._run())
        return await future

    async def close(self) -> None:
        """Finish what waits, then end the thread."""
        if self._runner is not None:
            await self._runner
        self._thread.shutdown()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                results = await loop.run_in_executor(
                    self._thread, self._work, [given for given, _ in taken]
                )
            except Exception as error:  # noqa: BLE001 - an edge: each caller gets the error
                _fail(taken, error)
            else:
                for (_, future), result in zip(taken, results, strict=True):
                    if not future.done():
                        future.set_result(result)
        self._runner = None


def _fail(taken: list[tuple[Given, asyncio.Future[Got]]], error: Exception) -> None:
    for _, future in taken:
        if not future.done():
            future.set_exception(error)
