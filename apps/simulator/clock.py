"""The time of a simulated station, handed in so that nothing else ever sleeps.

`Clock` is real time that a test may shift; `ManualClock` moves only when told to.
"""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall time. `speed` shortens visits and makes batteries fill that many times sooner.

    What goes on the wire is true at any speed: timestamps and intervals are real, and energy
    is power times that time.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    async def pace(self, seconds: float) -> None:
        await self.sleep(seconds / self.speed)


class ManualClock(Clock):
    """Stands still until `advance`, which wakes in order whoever sleeps until then."""

    def __init__(self, start_at: datetime | None = None, speed: float = 1.0) -> None:
        super().__init__(speed)
        self._now = start_at or datetime(2025, 3, 1, 8, tzinfo=UTC)
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        wake_at = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (wake_at, next(self._order), sleeper))
        await sleeper

    async def wait_for_sleepers(self, count: int = 1) -> None:
        """Until so many sleep, so that the next `advance` can wake them."""
        while sum(not sleeper.done() for _, _, sleeper in self._sleepers) < count:  # noqa: ASYNC110
            await asyncio.sleep(0)
