"""The simulated OCPP 1.6J station."""

from typing import Any

from apps.simulator.client16 import Client16
from apps.simulator.configuration import Configuration
from apps.simulator.dialect import heartbeat
from apps.simulator.dialect16 import Dialect16
from apps.simulator.outlet import Outlet
from apps.simulator.station import SimStation
from apps.simulator.wire import Message


class SimStation16(SimStation):
    protocol = "ocpp1.6"
    client_class = Client16

    def __init__(self, *, sample_interval_s: int = 60, **habits: Any) -> None:
        super().__init__(**habits)
        self.configuration = Configuration(len(self.outlets), sample_interval_s)
        self.settings = self.configuration
        self.dialect: Dialect16 = Dialect16(self.configuration)
        self.is_operative = True
        self.list_version = 0

    def addressed(self, connector_id: int) -> list[Outlet]:
        """The outlets that a connector id means: 0 is all of them, an unknown one none."""
        if connector_id == 0:
            return list(self.outlets.values())
        outlet = self.outlets.get(connector_id)
        return [] if outlet is None else [outlet]

    def triggered(self, requested: str, outlets: list[Outlet]) -> list[Message] | None:
        """What a TriggerMessage makes the station send; None for what it cannot send."""
        now = self.clock.now()
        idle = {"status": "Idle"}
        match requested:
            case "BootNotification":
                return []
            case "Heartbeat":
                return [heartbeat()]
            case "StatusNotification":
                return [self.dialect.status(outlet, now) for outlet in outlets]
            case "MeterValues":
                readings = [(outlet, outlet.read(now, "Trigger")) for outlet in outlets]
                return [self.dialect.meter_values(*both) for both in readings]
            case "FirmwareStatusNotification" | "DiagnosticsStatusNotification":
                return [Message(requested, idle)]
        return None

    async def send_station_status(self) -> None:
        now = self.clock.now()
        await self.send(self.dialect.station_status(is_operative=self.is_operative, at=now))

    async def report_status(self) -> None:
        await self.send_station_status()
        await super().report_status()
