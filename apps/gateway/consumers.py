"""A station's socket: the handshake, the frames, the close. All rules are elsewhere."""

import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from django.conf import settings

from apps.commands.selectors import list_asked
from apps.domain.events import StationConnected, StationDisconnected
from apps.domain.vocabulary import BootStatus
from apps.gateway import hub as hubs
from apps.gateway import metrics
from apps.gateway.admission import (
    BY_CERTIFICATE,
    Admitted,
    Handshake,
    Refused,
    choose,
    credentials_of,
    identity_of,
    judge,
    judge_renewal,
)
from apps.gateway.holding import HELD
from apps.gateway.hub import Hub
from apps.gateway.link import Link
from apps.gateway.peers import peer_of
from apps.gateway.pipeline import SerialMismatch
from apps.gateway.pipeline import receive as handle
from apps.journal.services import record_refusal
from apps.onboarding import services as onboarding
from apps.onboarding.selectors import may_renew
from apps.pki.chain import EXPIRED, REVOKED
from apps.pki.selectors import Standing, find_standing
from apps.stations import passwords
from apps.stations.refs import StationRef
from ocpp_platform.threads import DatabaseAway, persistently

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

RENEWABLE = frozenset({"certificate_expired", "certificate_owner"})
_BUSY = Refused(503, "too_many", "Too many stations connect at once.")
_AWAY = Refused(503, "database_away", "The database is away; try again later.")
_POLICY, _TOO_BIG = 1008, 1009
_BROKEN, _TRY_AGAIN_LATER = 1006, 1013


class StationConsumer(AsyncConsumer):
    """One per socket. It has no channel of its own: the hub listens for all of them."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        await receive()  # websocket.connect
        hub = hubs.current()
        if hub.is_full:
            return await self._refuse(_BUSY, self._handshake(), None)
        hub.handshakes += 1
        try:
            link = await self._admit(hub)
        except DatabaseAway:
            return await self._deny(_AWAY)
        finally:
            hub.handshakes -= 1
        if link is not None:
            await self._serve(link, hub)
        return None

    async def _admit(self, hub: Hub) -> Link | None:
        handshake = await _with_standing(self._handshake())
        known = await hub.register.submit(handshake.identity) if handshake.identity else None
        ref = known.ref if known else None
        if ref is None and choose(handshake.offered):
            ref = await _hold(handshake)
        verdict = judge(handshake, ref, passwords.matches, settings.OCPP_PKI_ORGANISATION)
        if isinstance(verdict, Refused) and ref and verdict.reason in RENEWABLE:
            verdict = await _judge_renewal(handshake, ref, verdict)
        if isinstance(verdict, Refused):
            await self._refuse(verdict, handshake, ref)
            return None
        link = await self._open(verdict, handshake, hub)
        if known and known.is_followed:
            link.follow()
        return link

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
            link.asked.note(await _asked_lately(link.ref.id))
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
            await _record(refused, self._handshake(), link.ref)
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

    async def _refuse(self, refused: Refused, handshake: Handshake, ref: StationRef | None) -> None:
        """Keep the refusal for operators, then deny."""
        await _record(refused, handshake, ref)
        await self._deny(refused)

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

    def _handshake(self) -> Handshake:
        headers = dict(self.scope["headers"])
        peer = peer_of(self.scope, settings.OCPP_TRUSTED_PROXIES, datetime.now(UTC))
        raw_path = self.scope.get("raw_path") or self.scope["path"].encode()
        return Handshake(
            identity=identity_of(raw_path),
            offered=tuple(self.scope.get("subprotocols") or ()),
            credentials=credentials_of(headers.get(b"authorization")),
            ip=peer.ip,
            user_agent=headers.get(b"user-agent", b"").decode("latin-1"),
            is_tls=peer.is_tls,
            certificate=peer.certificate,
        )


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


async def _with_standing(handshake: Handshake) -> Handshake:
    """With what we know of a certificate that we issued: it is for one station, or revoked."""
    shown = handshake.certificate
    if shown is None or shown.problem not in ("", EXPIRED):
        return handshake
    standing = await _find_standing(shown.fingerprint)
    if standing is None:
        return handshake
    if standing.is_revoked:
        return replace(handshake, certificate=replace(shown, problem=REVOKED))
    if standing.identity != handshake.identity:
        return replace(handshake, certificate=replace(shown, names=frozenset()))
    return handshake


@database_sync_to_async
def _find_standing(fingerprint: str) -> Standing | None:
    return persistently(lambda: find_standing(fingerprint))


async def _judge_renewal(
    handshake: Handshake, ref: StationRef, refused: Refused
) -> Admitted | Refused:
    verdict = judge_renewal(handshake, ref, refused)
    is_wanted = isinstance(verdict, Admitted) and await _may_renew(ref.organisation_id)
    return verdict if is_wanted else refused


@database_sync_to_async
def _may_renew(organisation_id: int) -> bool:
    return persistently(lambda: may_renew(organisation_id))


@database_sync_to_async
def _hold(handshake: Handshake) -> StationRef | None:
    """An unknown station, if somebody lets such wait."""
    identity, shown = handshake.identity, handshake.credentials
    if not identity:
        return None
    return persistently(lambda: onboarding.hold(identity, shown, datetime.now(UTC)))


@database_sync_to_async
def _asked_lately(station_id: int) -> list[tuple[str, Any]]:
    """What a station that comes back was asked for, and has not sent yet."""
    return persistently(lambda: list_asked(station_id, datetime.now(UTC)))


@database_sync_to_async
def _record(refused: Refused, handshake: Handshake, ref: StationRef | None) -> None:
    record_refusal(
        identity=handshake.identity.replace("\x00", "\ufffd"),
        reason=refused.reason,
        http_status=refused.status,
        now=datetime.now(UTC),
        detail=refused.detail,
        organisation_id=ref.organisation_id if ref else None,
        station_id=ref.id if ref else None,
        ip=handshake.ip,
        offered=", ".join(handshake.offered),
        user_agent=handshake.user_agent,
    )
