"""What one message costs in a session that has run for long, against one that has just begun."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.daily import CARD, Station16, cpu_s
from tests.throwaway import Platform

SAMPLES = 5_000
AT_ONCE = 250
MESSAGES = 300
STEP = timedelta(seconds=10)
STEP_WH = 20
KINDS = ("next reading", "late reading", "repeated reading")


class LongStation(Station16):
    """One session, whose readings it dates itself."""

    began_at = datetime.now(UTC) - (SAMPLES + 3 * MESSAGES) * STEP
    count = 0

    async def begin(self) -> None:
        begun = {"connectorId": 1, "idTag": CARD, "meterStart": 0, "timestamp": _text(self.at(0))}
        self._transaction = (await self.ask("StartTransaction", begun))["transactionId"]

    def at(self, number: float) -> datetime:
        return self.began_at + number * STEP

    async def tell(self, readings: list[dict[str, Any]]) -> None:
        told = {"connectorId": 1, "transactionId": self._transaction, "meterValue": readings}
        await self.call("MeterValues", told)

    async def fill(self) -> None:
        for _ in range(SAMPLES // AT_ONCE):
            await self.tell([self.next() for _ in range(AT_ONCE)])

    def next(self) -> dict[str, Any]:
        self.count += 1
        return _reading(self.at(self.count), STEP_WH * self.count)

    def message(self, kind: str) -> list[dict[str, Any]]:
        match kind:
            case "late reading":
                number = self.count / 2 + 0.5
                return [_reading(self.at(number), STEP_WH * number)]
            case "repeated reading":
                told = self.next()
                again = {"value": "0", "context": "Transaction.Begin"}
                told["sampledValue"].insert(0, again)
                return [told]
        return [self.next()]


def costs(served: Platform, identity: str) -> Iterator[tuple[str, str, str]]:
    """CPU of the server process for each kind, and how many times that of a short session."""
    short, long = asyncio.run(_measure(served, identity))
    for kind in KINDS:
        words = f"{long[kind] * 1e6:,.0f} µs, {long[kind] / short[kind]:.1f} times"
        yield f"CPU of a {kind} after {SAMPLES:,}, and of one after few", words, "budget 1.5 times"


async def _measure(served: Platform, identity: str) -> tuple[dict[str, float], dict[str, float]]:
    station = LongStation(served.ocpp, identity)
    await station.open()
    await station.boot()
    found = []
    for is_long in (False, True):
        spent = {}
        for kind in KINDS:
            station.count = 0
            await station.begin()
            if is_long:
                await station.fill()
            before = cpu_s(served.process.pid)
            for _ in range(MESSAGES):
                await station.tell(station.message(kind))
            spent[kind] = (cpu_s(served.process.pid) - before) / MESSAGES
            station.began_at += timedelta(seconds=1)
        found.append(spent)
    await station.close()
    return found[0], found[1]


def _reading(at: datetime, wh: float) -> dict[str, Any]:
    return {"timestamp": _text(at), "sampledValue": [{"value": f"{wh:.1f}"}]}


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
