"""The server dies in the middle of two hundred sessions, and nothing that it acknowledged is lost.

Each station numbers its messages, sends one at a time, and after a reconnect sends again what
was not answered, as real ones do.
"""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

from apps.accounts.models import Organisation
from apps.journal.models import Message
from apps.sessions.models import Session
from apps.stations.models import Location, Station
from apps.tokens.models import Token
from tests.servers import all_gone, rows, server_environment
from tests.throwaway import Platform, free_port, platform
from tests.wire import Wire, dial

STATIONS = 200
UPDATES = 6
DIES_AFTER = STATIONS * 4  # acknowledged messages, of STATIONS * (UPDATES + 2)
BEGAN_AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
STEP_WH = 137


class Client:
    """One charging session of one station, told message by message until all are answered."""

    def __init__(self, number: int) -> None:
        self.identity = f"KILL{number:03}"
        self.is_16 = number % 2 == 0
        self.transaction_id: Any = None if self.is_16 else str(uuid.uuid4())
        self.start_wh = number * 1_000
        self.acknowledged: list[str] = []
        self.ids = 0

    @property
    def protocol(self) -> str:
        return "ocpp1.6" if self.is_16 else "ocpp2.0.1"

    @property
    def is_done(self) -> bool:
        return len(self.acknowledged) == UPDATES + 2

    def next_call(self) -> tuple[str, dict[str, Any]]:
        step = len(self.acknowledged)
        at = (BEGAN_AT + timedelta(minutes=step)).isoformat().replace("+00:00", "Z")
        register_wh = self.start_wh + step * STEP_WH
        return (self._call_16 if self.is_16 else self._call_201)(step, at, register_wh)

    def _call_16(self, step: int, at: str, wh: int) -> tuple[str, dict[str, Any]]:
        if step == 0:
            start = {"connectorId": 1, "idTag": "AB12", "meterStart": wh, "timestamp": at}
            return "StartTransaction", start
        known = {"transactionId": self.transaction_id}
        if step == UPDATES + 1:
            return "StopTransaction", known | {"meterStop": wh, "timestamp": at}
        value = {"timestamp": at, "sampledValue": [{"value": str(wh)}]}
        return "MeterValues", known | {"connectorId": 1, "meterValue": [value]}

    def _call_201(self, step: int, at: str, wh: int) -> tuple[str, dict[str, Any]]:
        kind = {0: "Started", UPDATES + 1: "Ended"}.get(step, "Updated")
        payload = {
            "eventType": kind, "timestamp": at, "seqNo": step, "triggerReason": "Authorized",
            "transactionInfo": {"transactionId": self.transaction_id},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [{"timestamp": at, "sampledValue": [{"value": wh}]}],
        }  # fmt: skip
        return "TransactionEvent", payload

    async def tell(self, wire: Wire) -> None:
        """Send the next message; only its answer moves the story on."""
        action, payload = self.next_call()
        self.ids += 1
        message_id = f"{self.identity}-{self.ids}"
        answer = await wire.call(action, payload, message_id)
        assert answer[0] == 3, answer
        if action == "StartTransaction":
            self.transaction_id = answer[2]["transactionId"]
        self.acknowledged.append(message_id)


async def charge(client: Client, url: str, has_died: asyncio.Event) -> None:
    """Until all is answered, or the server is gone."""
    while not client.is_done and not has_died.is_set():
        try:
            wire = await dial(url, client.identity, client.protocol, compression=None)
        except (OSError, WebSocketException):
            return
        telling = asyncio.create_task(_tell_all(client, wire))
        dying = asyncio.create_task(has_died.wait())
        await asyncio.wait({telling, dying}, return_when=asyncio.FIRST_COMPLETED)
        telling.cancel()
        dying.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await wire.close()
        if has_died.is_set() or telling.cancelled() or telling.exception() is None:
            continue
        raise telling.exception()  # type: ignore[misc]


async def _tell_all(client: Client, wire: Wire) -> None:
    while not client.is_done:
        await client.tell(wire)


async def kill_half_way(server: Platform, clients: list[Client], has_died: asyncio.Event) -> None:
    while sum(len(client.acknowledged) for client in clients) < DIES_AFTER:
        await asyncio.sleep(0.005)
    server.kill()
    has_died.set()


def register_all(network: Organisation) -> None:
    location = Location.objects.create(organisation=network, name="Depot")
    Station.objects.bulk_create(
        Station(organisation=network, location=location, identity=f"KILL{number:03}")
        for number in range(STATIONS)
    )


@pytest.mark.django_db(transaction=True)
async def test_killed_in_the_middle_of_two_hundred_sessions(
    network: Organisation, card: Token, tmp_path: Path
) -> None:
    await rows(lambda: register_all(network))
    clients = [Client(number) for number in range(STATIONS)]
    port, env = free_port(), server_environment()
    has_died = asyncio.Event()
    with platform(tmp_path, port, **env) as server:
        charging = [charge(client, server.ocpp, has_died) for client in clients]
        await asyncio.gather(kill_half_way(server, clients, has_died), *charging)
    assert sum(len(client.acknowledged) for client in clients) < STATIONS * (UPDATES + 2)
    with platform(tmp_path, port, **env) as server:
        never = asyncio.Event()
        await asyncio.gather(*(charge(client, server.ocpp, never) for client in clients))
        await all_gone()
    assert all(client.is_done for client in clients)
    kept = await rows(lambda: set(Message.objects.values_list("message_id", flat=True)))
    acknowledged = {message_id for client in clients for message_id in client.acknowledged}
    assert acknowledged <= kept
    stored = await rows(
        lambda: sorted(
            Session.objects.values_list("station__identity", "state", "energy_wh", "has_start")
        )
    )
    energy_wh = (UPDATES + 1) * STEP_WH
    assert stored == [(client.identity, "ended", energy_wh, True) for client in clients]
