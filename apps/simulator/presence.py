"""A station that is connected, booted and alive: everything but charging.

offline --open--> connected --Boot Accepted--> online --cut, loss--> offline
                      '--Pending, Rejected: wait, boot again--'
"""

import asyncio
import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection

from apps.simulator.background import Background
from apps.simulator.clock import Clock
from apps.simulator.conversation import Conversation
from apps.simulator.dialect import Dialect, Identity, Settings, heartbeat
from apps.simulator.link import Link, address, basic_auth, new_message_id
from apps.simulator.outbox import Outbox
from apps.simulator.quirks import Habits
from apps.simulator.wire import (
    CallRefusedError,
    HandshakeRefusedError,
    LinkDownError,
    Message,
    Payload,
    Received,
    Sent,
)

LOGGER = logging.getLogger(__name__)
BOOT_RETRY_S = 30


@dataclass(frozen=True)
class Timing:
    """Real seconds."""

    call_timeout_s: float = 30.0
    reboot_s: float = 1.0
    back_off_first_s: float = 1.0
    back_off_longest_s: float = 60.0


class ConnectedStation:
    """Sends messages, in order and through its quirks, and stays connected."""

    protocol = ""
    client_class: type[Conversation]
    dialect: Dialect
    settings: Settings

    def __init__(
        self,
        *,
        identity: str,
        url: str,
        password: str | None = None,
        about: Identity | None = None,
        quirks: Iterable[str] = (),
        clock: Clock | None = None,
        timing: Timing | None = None,
        seed: int = 0,
    ) -> None:
        self.identity = identity
        self.url = url
        self.password = password
        self.about = about or Identity()
        self.habits = Habits(quirks, self.protocol)
        self.clock = clock or Clock()
        self.timing = timing or Timing()
        self.sent: list[Sent] = []
        self.received_calls: list[Received] = []
        self.problems: list[str] = []
        self.background = Background(self.problems)
        self.boot_status: str | None = None
        self.boots = 0
        self.outbox = Outbox(self.call, self._settled, lambda: self.is_online)
        self._random = random.Random(f"{identity}{seed}")
        self._link = Link(self._make_client, self._on_lost)
        self._wants_link = False
        self._heartbeats: asyncio.Task[None] | None = None
        self._boot_retry: asyncio.Task[None] | None = None

    @property
    def call_timeout_s(self) -> float:
        return self.timing.call_timeout_s

    @property
    def is_connected(self) -> bool:
        return self._link.is_up

    @property
    def is_online(self) -> bool:
        """Connected and accepted: may send anything."""
        return self._link.is_up and self.boot_status == "Accepted"

    def note_received(self, received: Received) -> None:
        self.received_calls.append(received)

    def calls(self, action: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.action == action]

    # Connecting

    async def connect(self, reason: str = "PowerUp") -> None:
        """Open, boot once; raises HandshakeRefusedError or OSError when refused."""
        await self._open()
        self._wants_link = True
        await self.boot(reason)

    async def connect_persistently(self, reason: str = "PowerUp") -> None:
        """Like `connect`, trying again with growing waits until the server lets it in."""
        self._wants_link = True
        await self._open_persistently()
        await self.boot(reason)

    async def cut(self) -> None:
        """Pull the cable: no close frame, no reconnect until `restore`."""
        self._wants_link = False
        await self._link.cut()

    async def restore(self) -> None:
        """Put the cable back, and come back as this station does after a loss."""
        await self._open()
        self._wants_link = True
        await self._resume()

    async def close(self) -> None:
        """Leave for good, politely."""
        self._wants_link = False
        await self.background.cancel_all()
        await self._link.close()

    async def reboot(self, reason: str) -> None:
        """Really disconnect, be away for a moment, come back with a boot."""
        self._wants_link = False
        self.boot_status = None
        await self._link.close()
        await self.clock.sleep(self.timing.reboot_s)
        await self.connect_persistently(reason)

    async def _open(self) -> None:
        headers = basic_auth(self.identity, self.password)
        await self._link.open(address(self.url, self.identity), self.protocol, headers)

    async def _open_persistently(self) -> None:
        wait_s = self.timing.back_off_first_s
        while self._wants_link:
            try:
                await self._open()
                break
            except HandshakeRefusedError as refusal:
                asked_s = refusal.retry_after_s or 0.0
                LOGGER.warning("%s: %s", self.identity, refusal)
            except OSError as error:
                asked_s = 0.0
                LOGGER.warning("%s: cannot connect: %s", self.identity, error)
            await self.clock.sleep(max(asked_s, wait_s * self._random.uniform(1.0, 1.5)))
            wait_s = min(wait_s * 2, self.timing.back_off_longest_s)

    def _make_client(self, socket: ClientConnection) -> Conversation:
        return self.client_class(self, socket)

    def _on_lost(self) -> None:
        if self._wants_link:
            self.background.spawn(self._reconnect())

    async def _reconnect(self) -> None:
        await self.clock.sleep(self.timing.back_off_first_s * self._random.random())
        await self._open_persistently()
        if self.is_connected:
            await self._resume()

    async def _resume(self) -> None:
        """After a mere loss 1.6 stations usually boot again, 2.0.1 ones do not (B01)."""
        habit = "boot_on_reconnect" in self.habits
        boots = habit if self.protocol == "ocpp2.0.1" else "no_boot_on_reconnect" not in self.habits
        if boots or self.boot_status != "Accepted":
            await self.boot("Unknown" if self.boots else "PowerUp")
        else:
            await self._go_online()

    # Booting and staying alive

    async def boot(self, reason: str) -> None:
        self._stop(self._boot_retry)
        answer = await self.tell(self.dialect.boot(self.about, reason))
        self.boots += 1
        self.boot_status = None if answer is None else str(answer["status"])
        interval_s = 0 if answer is None else int(answer["interval"])
        if self.boot_status == "Accepted":
            self.settings.heartbeat_interval_s = interval_s or self.settings.heartbeat_interval_s
            await self._go_online()
        else:
            retry = self._boot_later(interval_s or BOOT_RETRY_S, reason)
            self._boot_retry = self.background.spawn(retry)

    async def _boot_later(self, seconds: float, reason: str) -> None:
        await self.clock.sleep(seconds)
        if self.is_connected:
            await self.boot(reason)

    async def _go_online(self) -> None:
        self.restart_heartbeat()
        if "no_status_after_connect" not in self.habits:
            await self.report_status()
        await self.outbox.flush()

    def restart_heartbeat(self) -> None:
        self._stop(self._heartbeats)
        self._heartbeats = self.background.spawn(self._beat())

    async def _beat(self) -> None:
        while True:
            await self.clock.sleep(self.settings.heartbeat_interval_s)
            await self.send(heartbeat())

    def _stop(self, task: asyncio.Task[None] | None) -> None:
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    # Sending

    async def send(self, *messages: Message) -> None:
        """Transaction messages wait for better times while offline; the others are lost."""
        for wanted in messages:
            for message in self.habits.apply(wanted):
                if message.is_kept:
                    await self.outbox.post(message)
                elif self.is_online:
                    await self._try(message)

    async def tell(self, wanted: Message) -> Payload | None:
        """Send now, accepted or not; the answer, or None without one."""
        answer = None
        for message in self.habits.apply(wanted):
            answer = await self._try(message)
        return answer

    async def _try(self, message: Message) -> Payload | None:
        try:
            return await self.call(message)
        except (LinkDownError, CallRefusedError, TimeoutError) as error:
            self.problems.append(f"{message.action}: {error!r}")
            return None

    async def call(self, message: Message) -> Payload:
        if not self._link.is_up:
            raise LinkDownError
        sent = Sent(self.clock.now(), new_message_id(), message.action, message.payload)
        self.sent.append(sent)
        return await self._link.call(message, sent)

    # What a charging station adds

    async def report_status(self) -> None:
        raise NotImplementedError

    def _settled(self, message: Message, answer: Payload | None) -> None:
        raise NotImplementedError
