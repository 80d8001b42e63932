"""Tell watchers what changed: after the commit, at most a few times a second.

``announce`` collects topics per organisation; ``signal`` sends a message to a group at once.
Inside a server process both run on its event loop (the in-memory channel layer lives there);
elsewhere they use the channel layer directly, and do nothing where it cannot reach anybody.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.live import layer

BEAT_S = 0.2


class Board:
    """Topics that wait for the next beat. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._topics: dict[int, set[str]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beating: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send from this event loop from now on (the server's own)."""
        self._loop = loop

    def add(self, organisation_id: int, topics: tuple[str, ...]) -> None:
        with self._lock:
            self._topics[organisation_id].update(topics)
            loop = self._running()
            if loop is not None and self._beating is loop:
                return
            self._beating = loop
        if loop is None:
            self._send_now()
        else:
            self._spawn(self._beat())

    def send(self, group: str, message: dict[str, Any]) -> None:
        """One message to one group, without waiting for a beat."""
        if self._running() is not None:
            self._spawn(layer.send(group, message))
        elif settings.REDIS_URL:
            layer.send_from_thread(group, message)

    def _running(self) -> asyncio.AbstractEventLoop | None:
        return self._loop if self._loop is not None and self._loop.is_running() else None

    def _spawn(self, work: Any) -> None:
        loop = self._running()
        if loop is not None:
            loop.call_soon_threadsafe(self._start, loop, work)

    def _start(self, loop: asyncio.AbstractEventLoop, work: Any) -> None:
        task = loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _beat(self) -> None:
        await asyncio.sleep(BEAT_S)
        for group, message in self._take():
            await layer.send(group, message)

    def _send_now(self) -> None:
        messages = self._take()
        if settings.REDIS_URL:
            for group, message in messages:
                layer.send_from_thread(group, message)

    def _take(self) -> list[tuple[str, dict[str, Any]]]:
        with self._lock:
            topics, self._topics = self._topics, defaultdict(set)
            self._beating = None
        return [
            (group_of(organisation_id), {"type": "live.changed", "topics": sorted(names)})
            for organisation_id, names in topics.items()
        ]


board = Board()


def group_of(organisation_id: int) -> str:
    """The channel-layer group whose members hear what changes in an organisation."""
    return f"org.{organisation_id}"


def group_of_person(user_id: int) -> str:
    """The group of one person's open pages."""
    return f"person.{user_id}"


def announce(organisation_id: int, *topics: str) -> None:
    """Say on commit that ``topics`` ("station:12", "sessions", …) changed."""
    transaction.on_commit(lambda: board.add(organisation_id, topics), robust=True)


def announce_all(changes: Iterable[tuple[int, str]]) -> None:
    """Many (organisation, topic) at once: one announcement for each organisation."""
    topics: dict[int, set[str]] = defaultdict(set)
    for organisation_id, topic in changes:
        topics[organisation_id].add(topic)
    for organisation_id, names in topics.items():
        announce(organisation_id, *sorted(names))


def signal(group: str, message: dict[str, Any]) -> None:
    """Send ``message`` to ``group`` on commit; the receiver must not depend on it."""
    transaction.on_commit(lambda: board.send(group, message), robust=True)
