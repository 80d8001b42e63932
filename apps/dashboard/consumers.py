"""The page's socket: it names its fragments, and gets each again whenever it has changed.

    page → {"watch": ["station-row:12", …], "listen": ["sessions", "messages:*"]}
    page → {"pause": true}
    socket → {"fragments": {"station-row:12": "<tr …"}, "topics": ["messages:12"], "at": "…"}

A socket is closed with 4401 for who has logged out, and with 4403 for who may do something else
from now on: the page opens itself anew.

Rendered in a thread, coalesced: at most four frames a second, and never more than a third of
the time. Every TICK_S everything is looked at again, for changes that could not be announced.
"""

import asyncio
import logging
import time
from collections import defaultdict
from typing import Any

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import close_old_connections
from django.utils import timezone

from apps.accounts.models import User
from apps.dashboard import fragments
from apps.dashboard.access import still_logged_in, zone_of
from apps.domain.texts import Unreadable, parse_json
from apps.live import layer
from apps.live.announce import group_of, group_of_person

logger = logging.getLogger(__name__)

TICK_S = 15.0
REJOIN_S = 3600.0  # Redis forgets the members of a group after a day
BEAT_S = 0.25
MAX_WATCHED = 400
_IDLE_SHARE = 2
_UNAUTHORISED, _OTHERWISE = 4401, 4403
_FAILED, _AWAY = 1011, 1013


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """One for each open page."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except layer.TROUBLES as error:  # the page opens another socket until it is back
            layer.note_away(error)
            await send({"type": "websocket.close", "code": _AWAY})

    async def connect(self) -> None:
        user = self.scope.get("user")
        if not isinstance(user, User) or not user.is_active:
            await self.accept()
            await self.close(_UNAUTHORISED)
            return
        self.session_key = self.scope["session"].session_key
        self.mandate = (user.role, user.site_ids)
        self.topics: dict[str, frozenset[str]] = {}
        self.sent: dict[str, str] = {}
        self.stale: set[str] = set()
        self.listens: frozenset[str] = frozenset()
        self.heard: set[str] = set()
        self.is_paused = self.is_doubted = False
        self.wake = asyncio.Event()
        self.groups_joined = (group_of(user.organisation_id), group_of_person(user.pk))
        await self._join()
        await self.accept()
        self.worker = asyncio.create_task(self._work())

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - the framework gives it
        if hasattr(self, "worker"):
            self.worker.cancel()
            for group in self.groups_joined:
                await self.channel_layer.group_discard(group, self.channel_name)

    @classmethod
    async def decode_json(cls, text_data: str) -> Any:
        """None for what is no JSON, which says nothing."""
        try:
            return parse_json(text_data)
        except Unreadable:
            return None

    async def receive_json(self, content: Any, **_: Any) -> None:
        if not isinstance(content, dict) or not hasattr(self, "worker"):
            return
        if isinstance(content.get("watch"), list):
            self._watch([name for name in content["watch"] if isinstance(name, str)])
        if isinstance(content.get("listen"), list):
            self.listens = frozenset(map(str, content["listen"][:MAX_WATCHED]))
        if "pause" in content:
            self.is_paused = bool(content["pause"])
        self.wake.set()

    async def live_changed(self, message: dict[str, Any]) -> None:
        """Announced: what depends on these topics is stale."""
        changed = frozenset(message["topics"])
        self.heard |= {topic for topic in changed if self._listens_to(topic)}
        self.stale.update(name for name, topics in self.topics.items() if topics & changed)
        self.wake.set()

    async def access_changed(self, _message: dict[str, Any]) -> None:
        """The person has logged out somewhere, or may do something else from now on."""
        self.is_doubted = True
        self.wake.set()

    def _listens_to(self, topic: str) -> bool:
        return topic in self.listens or f"{topic.partition(':')[0]}:*" in self.listens

    def _watch(self, names: list[str]) -> None:
        wanted = names[:MAX_WATCHED]
        self.stale |= {name for name in wanted if name not in self.topics}
        self.topics = {name: self.topics.get(name, frozenset()) for name in wanted}
        self.sent = {name: html for name, html in self.sent.items() if name in self.topics}

    async def _work(self) -> None:
        try:
            await self._push_for_ever()
        except layer.TROUBLES as error:
            layer.note_away(error)
            await self.close(_AWAY)
        except Exception:  # an edge: a page that is told nothing must not look alive
            logger.exception("a page's socket failed")
            await self.close(_FAILED)

    async def _push_for_ever(self) -> None:
        while True:
            ticked = not await self._woken()
            self.wake.clear()
            if time.monotonic() - self.joined_at > REJOIN_S:
                await self._join()
            if ticked:
                self.stale |= self.topics.keys()
            if self.is_paused and not self.is_doubted:
                continue
            self.is_doubted = False
            began = time.monotonic()
            await self._push(is_tick=ticked)
            await asyncio.sleep(max(BEAT_S, _IDLE_SHARE * (time.monotonic() - began)))

    async def _join(self) -> None:
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        self.joined_at = time.monotonic()

    async def _woken(self) -> bool:
        try:
            await asyncio.wait_for(self.wake.wait(), TICK_S)
        except TimeoutError:
            return False
        return True

    async def _push(self, *, is_tick: bool) -> None:
        stale, self.stale = self.stale & self.topics.keys(), set()
        heard, self.heard = self.heard, set()
        rendered = await sync_to_async(self._render, thread_sensitive=False)(stale)
        if isinstance(rendered, int):
            await self.close(rendered)
            return
        changed = {name: html for name, html in rendered.items() if self.sent.get(name) != html}
        self.sent.update(changed)
        if changed or heard or is_tick:
            at = timezone.now().isoformat(timespec="milliseconds")
            await self.send_json({"fragments": changed, "topics": sorted(heard), "at": at})

    def _render(self, names: set[str]) -> dict[str, str] | int:
        """The named fragments as they are now; what to close with, if the page is not his."""
        close_old_connections()
        try:
            user = still_logged_in(self.session_key)
            if user is None:
                return _UNAUTHORISED
            if (user.role, user.site_ids) != self.mandate:
                return _OTHERWISE
            return self._render_for(user, names)
        finally:
            close_old_connections()

    def _render_for(self, user: User, names: set[str]) -> dict[str, str]:
        keys: dict[str, list[str]] = defaultdict(list)
        for name in names:
            fragment, _, key = name.partition(":")
            keys[fragment].append(key)
        rendered: dict[str, str] = {}
        with timezone.override(zone_of(user)):
            for fragment, wanted in keys.items():
                for it in fragments.load(user, fragment, wanted):
                    name = f"{fragment}:{it.key}"
                    rendered[name] = fragments.render(fragment, it, user)
                    if name in self.topics:
                        self.topics[name] = it.topics
        return rendered
