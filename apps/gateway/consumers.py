"""A station's socket: the handshake, the frames, the close. All rules are elsewhere."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from channels.consumer import AsyncConsumer

from apps.batch.refs import StationRef
from apps.domain.events import StationDisconnected
from apps.gateway import closing, denial, losses, metrics
from apps.gateway import hub as hubs
from apps.gateway.admission import Admitted, Handshake, Refused
from apps.gateway.handshake import consider, knock_of, proven
from apps.gateway.hub import Hub
from apps.gateway.link import Link
from apps.gateway.opening import link_of, quiet_s, recall_asked, register
from apps.gateway.pipeline import SerialMismatch
from apps.gateway.pipeline import receive as handle
from ocpp_platform.threads import DatabaseAway

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_BUSY = Refused(503, "too_many", "Too many stations connect at once.")
_AWAY = Refused(503, "database_away", "The database is away; try again later.")
_UNFORESEEN = Refused(503, "unforeseen", "Something went wrong here; try again later.")


class StationConsumer(AsyncConsumer):
    """One per socket. It has no channel of its own: the hub listens for all of them."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        await receive()  # websocket.connect
        hub, knock = hubs.current(), knock_of(scope)
        if hub.is_full:
            return await self._refuse(_BUSY, knock, None, hub=hub)
        hub.handshakes += 1
        try:
            found = await self._admit(knock, hub)
        except DatabaseAway:
            return await self._deny(_AWAY)
        except Exception:  # an edge: whatever breaks here is one handshake's trouble
            logger.exception("the handshake of %r failed", knock.identity)
            return await self._refuse(_UNFORESEEN, knock, None, hub=hub)
        finally:
            hub.handshakes -= 1
        if isinstance(found, Link):
            return await self._serve(found, hub)
        return await self._refuse(*found, hub=hub)

    async def _admit(
        self, knock: Handshake, hub: Hub
    ) -> Link | tuple[Refused, Handshake, StationRef | None]:
        handshake = proven(knock, self.scope, datetime.now(UTC))
        found = await consider(handshake, hub)
        if isinstance(found.verdict, Refused):
            return found.verdict, handshake, found.ref
        return await self._open(found.verdict, handshake, hub)

    async def _open(self, admitted: Admitted, handshake: Handshake, hub: Hub) -> Link:
        link = link_of(admitted, handshake, self._send_text, self._close)
        await recall_asked(link)
        try:
            await register(link, admitted, handshake, hub)
            chosen = None if admitted.is_protocol_assumed else link.protocol.value
            await self._send({"type": "websocket.accept", "subprotocol": chosen})
        except BaseException:  # it may count as connected already, and nobody would tell of its end
            await self._leave(link, hub, closing.BROKEN)
            raise
        link.be_ready_in(quiet_s(link))
        return link

    async def _serve(self, link: Link, hub: Hub) -> None:
        code = closing.BROKEN
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    code = message.get("code") or closing.UNTOLD
                    return
                text = message.get("text")
                reply = await handle(message["bytes"] if text is None else text, link, hub.door)
                if reply is not None:
                    await self._send_text(reply)
        except SerialMismatch as mismatch:
            code = closing.POLICY
            refused = Refused(403, "serial_mismatch", str(mismatch))
            await hub.strangers.turn_away(refused, knock_of(self.scope), link.ref)
            await self._close(code)
        except DatabaseAway:
            code = closing.TRY_AGAIN_LATER
            await self._close(code)  # unanswered, the station keeps its message and repeats it
        finally:
            await self._leave(link, hub, code)

    async def _leave(self, link: Link, hub: Hub, code: int) -> None:
        hub.remove(link)
        closed = StationDisconnected(link.connection_id, code, closing.words(code))
        with suppress(DatabaseAway):  # the sweep will find it silent
            if code == closing.TOO_LARGE:
                await hub.tell(link, losses.TOO_LARGE, datetime.now(UTC))
            await hub.tell(link, closed, datetime.now(UTC))

    async def _send_text(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    async def _close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code})

    async def _refuse(
        self, refused: Refused, knock: Handshake, ref: StationRef | None, *, hub: Hub
    ) -> None:
        """Keep the refusal for operators, then deny."""
        await self._deny(await hub.strangers.turn_away(refused, knock, ref))

    async def _deny(self, refused: Refused) -> None:
        metrics.REFUSALS.labels(refused.reason).inc()
        for message in denial.messages(refused, self.scope):
            await self._send(message)
