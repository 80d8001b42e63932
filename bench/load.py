"""Stations that do nothing but send: closed loops, storms, idle crowds."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

STEP_WH = 12.0
BOOT = {
    "reason": "PowerUp",
    "chargingStation": {"vendorName": "Bench", "model": "B-201", "firmwareVersion": "1"},
}


@dataclass
class Figures:
    """What a run measured."""

    messages: int
    elapsed_s: float
    latencies_s: list[float] = field(repr=False)

    @property
    def per_s(self) -> float:
        return self.messages / self.elapsed_s

    def percentile_ms(self, fraction: float) -> float:
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * fraction))] * 1000


class LoadStation:
    """One station (2.0.1 unless told otherwise) with one endless session."""

    protocol = "ocpp2.0.1"
    boot_words: Mapping[str, object] = BOOT

    def __init__(self, url: str, identity: str) -> None:
        self._url = f"{url}/{identity}"
        self._socket: ClientConnection | None = None
        self.transaction_id = str(uuid.uuid4())
        self._seq = 0
        self.energy_wh = 1000.0

    async def open(self) -> None:
        self._socket = await connect(
            self._url, subprotocols=[self.protocol], compression=None,  # type: ignore[list-item]
            ping_interval=None, open_timeout=60, max_queue=None,
        )  # fmt: skip

    async def call(self, action: str, payload: Mapping[str, object]) -> float:
        """Send and wait for the answer; the seconds it took."""
        begun = time.perf_counter()
        await self.ask(action, payload)
        return time.perf_counter() - begun

    async def ask(self, action: str, payload: Mapping[str, object]) -> dict[str, Any]:
        """Send and wait for the answer."""
        assert self._socket is not None
        message_id = str(uuid.uuid4())
        await self._socket.send(json.dumps([2, message_id, action, payload]))
        while True:
            answer = json.loads(await self._socket.recv())
            if answer[0] == 2:
                refusal = [4, answer[1], "NotSupported", "", {}]
                await self._socket.send(json.dumps(refusal))
            elif answer[1] == message_id:
                if answer[0] != 3:
                    raise RuntimeError(f"{action} was answered {answer}")
                return dict(answer[2])

    async def boot(self) -> float:
        return await self.call("BootNotification", self.boot_words)

    async def event(self, kind: str = "Updated", token: object = None) -> float:
        """A TransactionEvent with one meter value of three quantities."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.energy_wh += STEP_WH
        sampled = [
            (self.energy_wh, "Energy.Active.Import.Register", "Wh"),
            (7200.0, "Power.Active.Import", "W"),
            (31.3, "Current.Import", "A"),
        ]
        payload: dict[str, Any] = {
            "eventType": kind,
            "timestamp": now,
            "triggerReason": "MeterValuePeriodic",
            "seqNo": self._seq,
            "transactionInfo": {
                "transactionId": self.transaction_id,
                "chargingState": "Charging",
            },
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [
                {
                    "timestamp": now,
                    "sampledValue": [
                        {"value": v, "measurand": m, "unitOfMeasure": {"unit": u}}
                        for v, m, u in sampled
                    ],
                }
            ],
        }
        if token is not None:
            payload["idToken"] = token
        self._seq += 1
        return await self.call("TransactionEvent", payload)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()


async def closed_loop(url: str, identities: list[str], seconds: float) -> Figures:
    """Every station sends its next event when the one before is answered."""
    stations = [LoadStation(url, identity) for identity in identities]
    for station in stations:
        await station.open()
    await asyncio.gather(*(station.event("Started") for station in stations))
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    async def loop(station: LoadStation) -> None:
        while time.perf_counter() < end:
            latencies.append(await station.event())

    begun = time.perf_counter()
    await asyncio.gather(*(loop(station) for station in stations))
    figures = Figures(len(latencies), time.perf_counter() - begun, latencies)
    await asyncio.gather(*(station.close() for station in stations))
    return figures


async def storm(url: str, identities: list[str]) -> Figures:
    """All connect and boot at once; latencies are since the start."""
    stations = [LoadStation(url, identity) for identity in identities]
    begun = time.perf_counter()

    async def arrive(station: LoadStation) -> float:
        await station.open()
        await station.boot()
        return time.perf_counter() - begun

    done = await asyncio.gather(*(arrive(station) for station in stations))
    figures = Figures(len(done), time.perf_counter() - begun, list(done))
    await asyncio.gather(*(station.close() for station in stations))
    return figures


async def crowd(url: str, identities: list[str], memory_kib: Callable[[], int]) -> float:
    """KiB of server memory per connected, booted, idle station."""
    stations = [LoadStation(url, identity) for identity in identities]
    before = memory_kib()
    for first in range(0, len(stations), 50):
        part = stations[first : first + 50]
        await asyncio.gather(*(station.open() for station in part))
        await asyncio.gather(*(station.boot() for station in part))
    await asyncio.sleep(3)
    grown = memory_kib() - before
    await asyncio.gather(*(station.close() for station in stations))
    return float(grown) / len(stations)
