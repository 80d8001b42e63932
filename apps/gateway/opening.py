"""From an admitted handshake to a link that the hub, and everybody else, knows of."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from django.conf import settings

from apps.commands.selectors import list_asked
from apps.domain.events import StationConnected
from apps.domain.vocabulary import BootStatus
from apps.gateway.admission import BY_CERTIFICATE, Admitted, Handshake
from apps.gateway.handshake import look_up
from apps.gateway.holding import HELD
from apps.gateway.hub import Hub
from apps.gateway.link import Link


def link_of(
    admitted: Admitted,
    handshake: Handshake,
    send: Callable[[str], Awaitable[None]],
    close: Callable[[int], Awaitable[None]],
) -> Link:
    """The link of a station that may come in; on trial where it must renew its certificate."""
    link = Link(admitted.ref, admitted.protocol, uuid.uuid4().hex, send, close)
    link.certificate = handshake.certificate if admitted.profile == BY_CERTIFICATE else None
    if admitted.must_renew:
        link.is_on_trial, link.boot_status = True, BootStatus.PENDING
    return link


async def register(link: Link, admitted: Admitted, handshake: Handshake, hub: Hub) -> None:
    """Committed as connected, then heard by the hub. DatabaseAway."""
    event = StationConnected(
        link.connection_id, hub.name, link.protocol.value, handshake.ip, handshake.offered,
        admitted.profile, admitted.must_renew, admitted.has_new_password,
    )  # fmt: skip
    await hub.tell(link, event, datetime.now(UTC))
    await hub.add(link)


async def recall_asked(link: Link) -> None:
    """A station that is held may say only what was asked of it; that is looked up."""
    if link.boot_status in HELD:
        station_id, now = link.ref.id, datetime.now(UTC)
        link.asked.note(await look_up(lambda: list_asked(station_id, now)))


def quiet_s(link: Link) -> float:
    """How long nothing is asked of a station that has just come; one unknown so far must boot."""
    return link.quiet_s if link.ref.vendor else settings.OCPP_BOOT_WAIT_S
