"""The simulated OCPP 2.0.1 station."""

from typing import Any

from apps.simulator.client201 import Client201, Evse
from apps.simulator.device_model import DeviceModel
from apps.simulator.dialect import heartbeat
from apps.simulator.dialect201 import Dialect201
from apps.simulator.display import Display
from apps.simulator.meter import Reading
from apps.simulator.outlet import Outlet, Session
from apps.simulator.station import SimStation
from apps.simulator.watch import Watch
from apps.simulator.wire import Message, rfc3339

REPORT_ITEMS = 10
TEXT_LENGTH = 512


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
        self.watch = Watch(self.device_model, self.outlets.values())
        self.forgotten: set[str] = set()

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

    async def send_sample(self, outlet: Outlet, trigger: str) -> Reading:
        reading = await super().send_sample(outlet, trigger)
        await self._look_at(outlet)
        return reading

    async def stop_session(self, *, reason: str = "Local", evse_id: int = 1) -> Session | None:
        session = await super().stop_session(reason=reason, evse_id=evse_id)
        await self._look_at(self.outlets[evse_id])
        return session

    async def recover(self, evse_id: int = 1) -> None:
        await super().recover(evse_id)
        await self._look_at(self.outlets[evse_id])

    async def _look_at(self, outlet: Outlet) -> None:
        """The monitors of the outlet's power see what it is now."""
        problem = self.device_model.at("Connector", "Problem", outlet.evse_id, outlet.connector_id)
        problem.value = "true" if outlet.fault else "false"
        power = self.device_model.at("EVSE", "Power", outlet.evse_id, None)
        power.value = str(outlet.power_w)
        at = self.clock.now()
        found = self.watch.look_at(power, outlet.power_w)
        events = [self.dialect.passed(sign, power, at) for sign in found]
        if events:
            notice = {"generatedAt": rfc3339(at), "seqNo": 0, "eventData": events}
            await self.send(Message("NotifyEvent", notice))

    def told_of(self, uid: str) -> str:
        """What it knows of a card, in its own words; "" for nothing."""
        known = [s for s in self.sessions if s.token.uid == uid]
        if not known or uid in self.forgotten:
            return ""
        lines = [f"{s.started_at:%Y-%m-%d %H:%M} UTC, EVSE {s.evse_id}" for s in known]
        return f"Card {uid}: {len(known)} sessions. " + "; ".join(lines)

    async def send_report(self, request_id: int, items: list[dict[str, Any]]) -> None:
        await self._send_parts("NotifyReport", request_id, "reportData", items)

    async def send_monitors(self, request_id: int, items: list[dict[str, Any]]) -> None:
        await self._send_parts("NotifyMonitoringReport", request_id, "monitor", items)

    async def _send_parts(
        self, action: str, request_id: int, member: str, items: list[dict[str, Any]]
    ) -> None:
        for first in range(0, len(items), REPORT_ITEMS):
            part = items[first : first + REPORT_ITEMS]
            has_more = first + REPORT_ITEMS < len(items)
            await self._send_part(action, request_id, first // REPORT_ITEMS, has_more, member, part)

    async def send_customer(self, request_id: int, text: str) -> None:
        pieces = [text[n : n + TEXT_LENGTH] for n in range(0, len(text), TEXT_LENGTH)] or [""]
        for number, piece in enumerate(pieces):
            has_more = number + 1 < len(pieces)
            await self._send_part(
                "NotifyCustomerInformation", request_id, number, has_more, "data", piece
            )

    async def _send_part(
        self, action: str, request_id: int, seq_no: int, has_more: bool, member: str, what: Any
    ) -> None:
        payload = {
            "requestId": request_id,
            "generatedAt": rfc3339(self.clock.now()),
            "seqNo": seq_no,
            "tbc": has_more,
            member: what,
        }
        await self.tell(Message(action, payload))
