"""The simulated OCPP 2.0.1 station."""

from typing import Any

from apps.simulator.client201 import Client201, Evse
from apps.simulator.device_model import DeviceModel
from apps.simulator.dialect import heartbeat
from apps.simulator.dialect201 import Dialect201
from apps.simulator.display import Display
from apps.simulator.outlet import Outlet
from apps.simulator.station import SimStation
from apps.simulator.wire import Message, rfc3339

REPORT_ITEMS = 10


class SimStation201(SimStation):
    protocol = "ocpp2.0.1"
    client_class = Client201

    def __init__(self, *, sample_interval_s: int = 60, **habits: Any) -> None:
        super().__init__(**habits)
        self.device_model = DeviceModel(self.outlets.values(), sample_interval_s)
        self.settings = self.device_model
        self.dialect: Dialect201 = Dialect201(self.device_model)
        self.list_version = 0
        self.display = Display()
        self.published: set[str] = set()

    def addressed(self, evse: Evse) -> list[Outlet]:
        """The outlets that an `evse` means: none given is all, an unknown one none."""
        if evse is None:
            return list(self.outlets.values())
        outlet = self.outlets.get(evse["id"])
        if outlet is None or evse.get("connector_id", outlet.connector_id) != outlet.connector_id:
            return []
        return [outlet]

    def triggered(self, requested: str, outlets: list[Outlet]) -> list[Message] | None:
        """What a TriggerMessage makes the station send; None for what it cannot send."""
        now = self.clock.now()
        match requested:
            case "Heartbeat":
                return [heartbeat()]
            case "StatusNotification":
                return [self.dialect.status(outlet, now) for outlet in outlets]
            case "MeterValues":
                readings = [(outlet, outlet.read(now, "Trigger")) for outlet in outlets]
                return [self.dialect.meter_values(*both) for both in readings]
            case "FirmwareStatusNotification" | "LogStatusNotification":
                return [Message(requested, {"status": "Idle"})]
        return None

    def read_variable(self, wanted: dict[str, Any]) -> tuple[str, str | None]:
        found = self.device_model.find(wanted)
        if not isinstance(found, str) and found.name == "DateTime":
            return "Accepted", rfc3339(self.clock.now())
        return self.device_model.read(wanted)

    def write_variable(self, wanted: dict[str, Any]) -> str:
        status = self.device_model.write(wanted)
        name = wanted["variable"]["name"]
        if status == "Accepted" and name == "HeartbeatInterval":
            self.restart_heartbeat()
        if status == "Accepted" and name == "BasicAuthPassword":
            self.password = str(wanted["attribute_value"])
        return status

    async def send_report(self, request_id: int, base: str) -> None:
        items = self.device_model.report(base)
        for seq_no, first in enumerate(range(0, len(items), REPORT_ITEMS)):
            payload = {
                "requestId": request_id,
                "generatedAt": rfc3339(self.clock.now()),
                "seqNo": seq_no,
                "tbc": first + REPORT_ITEMS < len(items),
                "reportData": items[first : first + REPORT_ITEMS],
            }
            await self.tell(Message("NotifyReport", payload))
