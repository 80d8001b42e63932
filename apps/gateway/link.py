"""One open socket of one station: what the pipeline and the delivery know of it."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from apps.batch.refs import StationRef
from apps.domain.clocks import Judged, Watched, watch
from apps.domain.vocabulary import BootStatus, Protocol, Strictness
from apps.gateway.admission import ClientCertificate
from apps.gateway.holding import Asked
from apps.gateway.pending import Pending
from apps.gateway.watch import Watch
from apps.protocol import Codec, codec
from apps.protocol.clocks import said_in
from apps.protocol.vendors import Profile, adapter_for

REMEMBERED_REPLIES = 16
_NOT_YET = float("inf")


class Link:
    """``ready_at`` (loop time) is when the first call may be sent: never before the boot
    is answered and a quiet moment has passed, or the station has spoken otherwise."""

    __slots__ = (
        "_close",
        "_replies",
        "adapter",
        "asked",
        "boot_status",
        "certificate",
        "clock",
        "codec",
        "connection_id",
        "delivering",
        "is_on_trial",
        "last_seen_at",
        "lost_answers",
        "pending",
        "protocol",
        "reading",
        "ready_at",
        "ref",
        "rested_at",
        "send",
        "watch",
    )  # fmt: skip

    def __init__(
        self,
        ref: StationRef,
        protocol: Protocol,
        connection_id: str,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
    ) -> None:
        self.ref = ref
        self.reading = Strictness(ref.reading)
        self.protocol = protocol
        self.codec: Codec = codec(protocol)
        self.adapter: Profile = adapter_for(ref.vendor, ref.model, ref.firmware)
        self.connection_id = connection_id
        self.send = send
        self._close = close
        self.pending = Pending()
        told = ref.boot_status  # a station that is held stays so over a reconnect (B02, B03)
        self.boot_status: BootStatus | None = BootStatus(told) if told else None
        self.asked = Asked()
        self.is_on_trial = ref.is_stranger  # it may do nothing until it is accepted
        self.last_seen_at: datetime | None = None
        self.ready_at = _NOT_YET
        self.rested_at = 0.0  # loop time, as ready_at
        self.watch = Watch()
        self.clock = Watched()
        self.lost_answers = 0
        self.certificate: ClientCertificate | None = None
        self.delivering: asyncio.Task[None] | None = None
        self._replies: OrderedDict[str, tuple[str, str]] | None = None

    def be_ready_in(self, seconds: float, *, at_latest: bool = False) -> None:
        """Calls may go out after ``seconds``; ``at_latest`` never moves it further away."""
        moment = time.monotonic() + seconds
        self.ready_at = min(self.ready_at, moment) if at_latest else moment

    async def rest(self) -> None:
        """Until its make bears the next call."""
        await asyncio.sleep(max(0.0, self.rested_at - time.monotonic()))

    def tire(self) -> None:
        """A call is over."""
        self.rested_at = time.monotonic() + self.adapter.manner.call_gap_s

    def follow(self) -> None:
        """A command was sent here: watch what the station does for its effect."""
        self.watch.renew()

    @property
    def is_ready(self) -> bool:
        return time.monotonic() >= self.ready_at

    def remember(self, message_id: str, text: str, reply: str) -> None:
        """The same frame again on this connection gets the same answer again (R-04)."""
        if self._replies is None:
            self._replies = OrderedDict()
        self._replies[message_id] = (text, reply)
        if len(self._replies) > REMEMBERED_REPLIES:
            self._replies.popitem(last=False)

    def recall(self, message_id: str, text: str) -> str | None:
        known = self._replies.get(message_id) if self._replies else None
        return known[1] if known is not None and known[0] == text else None

    def hear(self, action: str, payload: Mapping[str, Any], at: datetime) -> Judged | None:
        """What a message shows of the station's clock, where that is news."""
        said_at = said_in(action, payload)
        if said_at is None:
            self.clock = replace(self.clock, live_s=None)
            return None
        self.clock, judged = watch(self.clock, said_at, at)
        return judged

    @property
    def quiet_s(self) -> float:
        """How long it is left alone once it has booted or come back: as its make needs it."""
        return max(settings.OCPP_BOOT_QUIET_S, self.adapter.manner.boot_quiet_s)

    def booted_as(self, vendor: str, model: str, firmware: str) -> None:
        self.adapter = adapter_for(vendor, model, firmware)
        self.ref = replace(self.ref, vendor=vendor, model=model, firmware=firmware)

    async def close(self, code: int = 1000) -> None:
        await self._close(code)
