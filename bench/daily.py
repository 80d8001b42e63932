"""What a day is made of: the CPU that one message of each kind costs the gateway's process.

All stations send the same kind at once, round by round, in both versions.
"""

import asyncio
import os
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.load import LoadStation
from tests.throwaway import Platform

ROUNDS = 8
CARD = "04A2C9E1"
SEED = f"""
from datetime import timedelta
from django.utils import timezone
from apps.accounts.services import home_organisation
from apps.history.doers import command_line
from apps.tariffs.models import Tariff, TariffVersion
from apps.tokens.services import add_token
home = home_organisation()
tariff = Tariff.objects.create(organisation=home, name="Bench", is_default=True)
since = timezone.now() - timedelta(days=9)
TariffVersion.objects.create(tariff=tariff, valid_from=since, energy_per_kwh="0.45", vat_pct=21)
bench = command_line("bench")
add_token(organisation_id=home.pk, uid="{CARD}", type="ISO14443", status="accepted", actor=bench)
"""
Step = Callable[["DailyStation"], Awaitable[Any]]


class DailyStation(LoadStation):
    """A station that people come to: one session after the other."""

    async def status(self, connector: str = "Available") -> None:
        raise NotImplementedError

    async def authorize(self) -> None:
        raise NotImplementedError

    async def start(self) -> None:
        raise NotImplementedError

    async def read(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError


class Station201(DailyStation):
    async def status(self, connector: str = "Available") -> None:
        place = {"evseId": 1, "connectorId": 1}
        told = {"timestamp": _now(), "connectorStatus": connector, **place}
        await self.call("StatusNotification", told)

    async def authorize(self) -> None:
        await self.call("Authorize", {"idToken": {"idToken": CARD, "type": "ISO14443"}})

    async def start(self) -> None:
        self.transaction_id, self._seq = str(uuid.uuid4()), 0
        await self.event("Started", {"idToken": CARD, "type": "ISO14443"})

    async def read(self) -> None:
        await self.event()

    async def stop(self) -> None:
        await self.event("Ended")


class Station16(DailyStation):
    protocol = "ocpp1.6"
    boot_words = {"chargePointVendor": "Bench", "chargePointModel": "B-16", "firmwareVersion": "1"}
    _transaction = 0

    async def status(self, connector: str = "Available") -> None:
        told = {"connectorId": 1, "errorCode": "NoError", "status": connector, "timestamp": _now()}
        await self.call("StatusNotification", told)

    async def authorize(self) -> None:
        await self.call("Authorize", {"idTag": CARD})

    async def start(self) -> None:
        begun = {"connectorId": 1, "idTag": CARD, "meterStart": self._wh(), "timestamp": _now()}
        self._transaction = (await self.ask("StartTransaction", begun))["transactionId"]

    async def read(self) -> None:
        sampled = [
            {"value": str(self._wh())},
            {"value": "7200", "measurand": "Power.Active.Import"},
        ]
        values = [{"timestamp": _now(), "sampledValue": sampled}]
        told = {"connectorId": 1, "transactionId": self._transaction, "meterValue": values}
        await self.call("MeterValues", told)

    async def stop(self) -> None:
        told = {"transactionId": self._transaction, "meterStop": self._wh(), "timestamp": _now()}
        await self.call("StopTransaction", told)

    def _wh(self) -> int:
        self.energy_wh += 12
        return int(self.energy_wh)


STEPS: dict[str, Step] = {
    "boot": lambda station: station.boot(),
    "Authorize": lambda station: station.authorize(),
    "start": lambda station: station.start(),
    "first reading": lambda station: station.read(),
    "next reading": lambda station: station.read(),
    "stop": lambda station: station.stop(),
}
BUDGETS_US = {"start": 2000, "stop": 1200, "Authorize": 1200, "boot": 900}


def costs(served: Platform, identities: list[str]) -> Iterator[tuple[str, str, str]]:
    """CPU per message of the server process, by kind and version."""
    served.manage("shell", "-v0", "-c", SEED)
    half = len(identities) // 2
    for kind, names in ((Station201, identities[:half]), (Station16, identities[half:])):
        spent = asyncio.run(_measure(kind, served, names))
        for step, cpu_s in spent.items():
            budget = BUDGETS_US.get(step)
            yield (
                f"CPU of a {step}, {kind.protocol[4:]}",
                f"{cpu_s / len(names) / ROUNDS * 1e6:,.0f} µs",
                f"budget {budget:,} µs" if budget else "",
            )


async def _measure(
    kind: type[DailyStation], served: Platform, identities: list[str]
) -> dict[str, float]:
    stations = [kind(served.ocpp, identity) for identity in identities]
    for station in stations:
        await station.open()
    await asyncio.gather(*(station.boot() for station in stations))
    await asyncio.gather(*(station.status() for station in stations))
    spent: dict[str, float] = defaultdict(float)
    for _ in range(ROUNDS):
        for name, step in STEPS.items():
            before = cpu_s(served.process.pid)
            await asyncio.gather(*(step(station) for station in stations))
            spent[name] += cpu_s(served.process.pid) - before
    await asyncio.gather(*(station.close() for station in stations))
    return spent


def cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
