"""A station's socket: the handshake, the frames, the close. All rules are elsewhere."""

import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings

from apps.batch.refs import StationRef
from apps.commands.selectors import list_asked
from apps.domain.events import StationConnected, StationDisconnected
from apps.domain.vocabulary import BootStatus
from apps.gateway import hub as hubs
from apps.gateway import metrics
from apps.gateway.admission import BY_CERTIFICATE, Admitted, Handshake, Refused
from apps.gateway.handshake import consider, knock_of, look_up, proven
from apps.gateway.holding import HELD
from apps.gateway.hub import Hub
from apps.gateway.link import Link
from apps.gateway.pipeline import SerialMismatch
from apps.gateway.pipeline import receive as handle
from ocpp_platform.threads import DatabaseAway

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_BUSY = Refused(503, "too_many", "Too many stations connect at once.")
_AWAY = Refused(503, "database_away", "The database is away; try again later.")
_UNFORESEEN = Refused(503, "unforeseen", "Something went wrong here; try again later.")
_POLICY, _TOO_BIG = 1008, 1009
_BROKEN, _TRY_AGAIN_LATER = 1006, 1013


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
        link = Link(admitted.ref, admitted.protocol, uuid.uuid4().hex, self._send_text, self._close)
        link.certificate = handshake.certificate if admitted.profile == BY_CERTIFICATE else None
        if admitted.must_renew:
            link.is_on_trial, link.boot_status = True, BootStatus.PENDING
        event = StationConnected(
            link.connection_id, hub.name, link.protocol.value, handshake.ip, handshake.offered,
            admitted.profile, admitted.must_renew, admitted.has_new_password,
        )  # fmt: skip
        if link.boot_status in HELD:
            station_id = link.ref.id
            link.asked.note(await look_up(lambda: list_asked(station_id, datetime.now(UTC))))
        try:
            await hub.tell(link, event, datetime.now(UTC))
            await hub.add(link)
            await self._send({"type": "websocket.accept", "subprotocol": link.protocol.value})
        except BaseException:  # it may count as connected already, and nobody would tell of its end
            await self._leave(link, hub, _BROKEN)
            raise
        has_booted = bool(admitted.ref.vendor)
        link.be_ready_in(settings.OCPP_BOOT_QUIET_S if has_booted else settings.OCPP_BOOT_WAIT_S)
        return link

    async def _serve(self, link: Link, hub: Hub) -> None:
        code = _BROKEN
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    code = message.get("code") or 1005
                    return
                text = message.get("text")
                reply = await handle(message["bytes"] if text is None else text, link, hub.door)
                if reply is not None:
                    await self._send_text(reply)
        except SerialMismatch as mismatch:
            code = _POLICY
            refused = Refused(403, "serial_mismatch", str(mismatch))
            await hub.strangers.turn_away(refused, knock_of(self.scope), link.ref)
            await self._close(code)
        except DatabaseAway:
            code = _TRY_AGAIN_LATER
            await self._close(code)  # unanswered, the station keeps its message and repeats it
        finally:
            await self._leave(link, hub, code)

    async def _leave(self, link: Link, hub: Hub, code: int) -> None:
        hub.remove(link)
        closed = StationDisconnected(link.connection_id, code, _words(code))
        with suppress(DatabaseAway):  # the sweep will find it silent
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
        """ASGI's websocket.http.response; a close where the server does not know it."""
        metrics.REFUSALS.labels(refused.reason).inc()
        if "websocket.http.response" not in self.scope.get("extensions", {}):
            await self._send({"type": "websocket.close", "code": 4000 + refused.status - 400})
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        if refused.status == 401:
            headers.append((b"www-authenticate", b'Basic realm="OCPP"'))
        if refused.status == 503:
            headers.append((b"retry-after", str(settings.OCPP_RETRY_AFTER_S).encode()))
        await self._send(
            {
                "type": "websocket.http.response.start",
                "status": refused.status,
                "headers": headers,
            }
        )
        body = f"{refused.detail}\n".encode()
        await self._send({"type": "websocket.http.response.body", "body": body})


def _words(code: int) -> str:
    known = {
        1000: "Closed in order",
        1001: "The other side went away",
        1002: "Broken WebSocket framing",
        1005: "Closed without a reason",
        _BROKEN: "The connection broke",
        1007: "Text that is not UTF-8",
        _POLICY: "The serial number is not that of the certificate",
        _TOO_BIG: "A frame was too large",
        _TRY_AGAIN_LATER: "The database was away",
        hubs.REVOKED: "Its certificate has been revoked",
        hubs.REPLACED: "A newer connection of this station replaced it",
    }
    return known.get(code, "")
