"""The open sockets of this process, and what keeps them served.

It listens for nudges on the channel layer, sweeps the outbox (a nudge may be lost), flushes
when stations were last heard, and gives way where a newer socket of a station counts.
"""

import asyncio
import logging
import os
import socket
import weakref
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from apps.batch.items import Item, Reply
from apps.batch.refs import StationRef
from apps.certificates.selectors import list_revoked_since
from apps.commands.models import CommandRow, State
from apps.commands.selectors import is_due
from apps.commands.services import GATEWAYS
from apps.domain.events import Event
from apps.domain.vocabulary import Strictness
from apps.gateway import metrics
from apps.gateway.closing import REPLACED, REVOKED
from apps.gateway.delivery import deliver
from apps.gateway.link import Link
from apps.gateway.strangers import Strangers
from apps.ingest.commit import commit
from apps.ingest.committer import Group
from apps.ingest.halving import halving
from apps.live import layer
from apps.live.announce import board
from apps.stations.models import Station
from apps.stations.refs import Names, find_meant
from apps.stations.services import touch
from ocpp_platform import threads

logger = logging.getLogger(__name__)


REJOIN_S = 3600  # Redis forgets the members of a group after a day, or when it restarts
REVOKED_LATELY = timedelta(minutes=10)  # a sweep may be late, but not by this much
_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


def current() -> "Hub":
    """The hub of the running event loop: one per server process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(loop)
    return _hubs[loop]


class Hub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.links: dict[int, Link] = {}
        self.handshakes = 0
        self._moved: dict[int, str] = {}
        most = settings.OCPP_BATCH_FRAMES
        self.door: Group[Item, Reply | None] = Group(_commit, most, "ingest")
        self.register: Group[Names, StationRef | None] = Group(_look_up, most, "register")
        self.strangers = Strangers()
        self._tasks = [loop.create_task(work()) for work in (self._listen, self._sweep_often)]
        board.attach(loop)

    @property
    def is_full(self) -> bool:
        too_many = self.handshakes >= settings.OCPP_MAX_HANDSHAKES
        return too_many or len(self.links) >= settings.OCPP_MAX_CONNECTIONS

    async def tell(self, link: Link, event: Event, at: datetime) -> None:
        """Commit an event of the socket itself."""
        item = Item(link.ref, link.protocol.value, link.connection_id, at, event)
        await self.door.submit(item)

    async def add(self, link: Link) -> None:
        """The newest socket of a station counts; any older one is closed (T-10)."""
        older = self.links.get(link.ref.id)
        self.links[link.ref.id] = link
        metrics.CONNECTIONS.set(len(self.links))
        if older is not None:
            await older.close(REPLACED)
        if settings.REDIS_URL:
            self._moved[link.ref.id] = link.connection_id

    def remove(self, link: Link) -> None:
        link.pending.fail()
        if self.links.get(link.ref.id) is link:
            del self.links[link.ref.id]
            metrics.CONNECTIONS.set(len(self.links))

    def serve(self, link: Link) -> None:
        """See that somebody delivers to this link, if it may be spoken to."""
        if link.is_ready and (link.delivering is None or link.delivering.done()):
            link.delivering = asyncio.create_task(self._deliver(link))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.door.close()
        await self.register.close()
        await self.strangers.close()

    async def _deliver(self, link: Link) -> None:
        try:
            await deliver(link, self.door)
        except Exception:  # an edge: one station's trouble is not another's
            logger.exception("delivery to %s failed", link.ref.identity)

    async def _listen(self) -> None:
        channels = get_channel_layer()
        channel = await channels.new_channel()
        while True:
            try:
                await channels.group_add(GATEWAYS, channel)
                layer.note_back()
                async with asyncio.timeout(REJOIN_S):
                    while True:
                        await self._hear(await channels.receive(channel))
            except layer.TROUBLES as error:  # a TimeoutError is time to join again
                if not isinstance(error, TimeoutError):
                    layer.note_away(error)
                    await asyncio.sleep(settings.OCPP_SWEEP_INTERVAL_S)
            except Exception:  # an edge: nudges may be lost, but not for ever
                logger.exception("listening failed")
                await asyncio.sleep(settings.OCPP_SWEEP_INTERVAL_S)

    async def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "commands.waiting":
            for link in filter(None, map(self.links.get, message["station_ids"])):
                self.serve(link)
        elif message["type"] == "stations.moved":
            await self._give_way(dict(message["moved"]))

    async def _give_way(self, moved: dict[int, str]) -> None:
        """Close what no longer counts. The row says so: a message may be an old one."""
        links = [self.links[station_id] for station_id in moved if station_id in self.links]
        links = [link for link in links if moved[link.ref.id] != link.connection_id]
        counted = await _standing([link.ref.id for link in links]) if links else {}
        for link in links:
            if not _counts(link, counted):
                await link.close(REPLACED)

    async def _tell_moved(self) -> None:
        """Other gateways hear at each beat which stations have come to this one."""
        moved, self._moved = self._moved, {}
        if moved:
            message = {"type": "stations.moved", "moved": list(moved.items())}
            await layer.send(GATEWAYS, message)

    async def _sweep_often(self) -> None:
        beats = max(1, round(settings.OCPP_PRESENCE_FLUSH_S / settings.OCPP_SWEEP_INTERVAL_S))
        beat = 0
        while True:
            await asyncio.sleep(settings.OCPP_SWEEP_INTERVAL_S)
            beat += 1
            try:
                await self._tell_moved()
                await self._serve_waiting()
                if beat % beats == 0:
                    await self._flush_presence()
                    await self._close_revoked()
            except Exception:  # an edge: the sweep must outlive a database that is away
                logger.exception("sweep failed")

    async def _serve_waiting(self) -> None:
        if not self.links:
            return
        for station_id in await _waiting(list(self.links)):
            if station_id in self.links:
                self.serve(self.links[station_id])

    async def _flush_presence(self) -> None:
        """Write when stations were heard, read anew how they are, close what no longer counts."""
        links = list(self.links.values())
        standing = await _standing([link.ref.id for link in links])
        seen = {}
        for link in links:
            if link.ref.id in standing:
                link.reading = Strictness(standing[link.ref.id][1])
            if not _counts(link, standing):
                await link.close(REPLACED)
            elif link.last_seen_at is not None:
                seen[link.ref.id] = (link.last_seen_at, link.connection_id)
                link.last_seen_at = None
        if seen:
            await _touch(seen)

    async def _close_revoked(self) -> None:
        """Who came in with a certificate that was revoked since goes."""
        by_certificate = [link for link in self.links.values() if link.certificate is not None]
        revoked = await _revoked_lately() if by_certificate else frozenset()
        for link in by_certificate:
            if link.certificate is not None and link.certificate.fingerprint in revoked:
                await link.close(REVOKED)


def _commit(items: list[Item]) -> list[Reply | None]:
    metrics.FRAMES.inc(sum(item.frame is not None for item in items))
    metrics.BATCH_SIZES.observe(len(items))
    with metrics.BATCHES.time():
        return commit(items, items[-1].received_at)


def _look_up(asked: list[Names]) -> "list[StationRef | Exception | None]":
    """The stations of many handshakes at once; one that cannot be asked for fails alone."""
    return halving(
        lambda part: threads.persistently(lambda: _registered(part)),
        asked,
        lambda _names, error: error,
    )


def _registered(asked: list[Names]) -> "list[StationRef | Exception | None]":
    refs = find_meant(set(asked))
    return [refs.get(names) for names in asked]


@database_sync_to_async
def _waiting(station_ids: list[int]) -> list[int]:
    waiting = is_due(datetime.now(UTC))
    rows = CommandRow.objects.filter(waiting, station_id__in=station_ids, state=State.QUEUED)
    return list(rows.order_by("station_id").values_list("station_id", flat=True).distinct())


def _counts(link: Link, standing: dict[int, tuple[str, str]]) -> bool:
    """Whether no other socket of its station does."""
    counting = standing.get(link.ref.id, ("", ""))[0]
    return counting in ("", link.connection_id)


@database_sync_to_async
def _standing(station_ids: list[int]) -> dict[int, tuple[str, str]]:
    """The socket that counts ("": none does), and how messages are read."""
    rows = Station.objects.filter(pk__in=station_ids)
    return {
        pk: (socket, how) for pk, socket, how in rows.values_list("pk", "connection_id", "reading")
    }


@database_sync_to_async
def _revoked_lately() -> frozenset[str]:
    return list_revoked_since(datetime.now(UTC) - REVOKED_LATELY)


@database_sync_to_async
def _touch(seen: dict[int, tuple[datetime, str]]) -> None:
    touch(seen)
