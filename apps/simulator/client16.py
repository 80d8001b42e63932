"""How a simulated OCPP 1.6J station answers its server."""

from typing import TYPE_CHECKING, Any

import ocpp.v16
from ocpp.routing import on
from ocpp.v16 import call_result
from ocpp.v16.enums import Action

from apps.simulator import demands
from apps.simulator.conversation import Conversation
from apps.simulator.outlet import Token
from apps.simulator.wire import rfc3339

if TYPE_CHECKING:
    from apps.simulator.v16 import SimStation16


class Client16(Conversation, ocpp.v16.ChargePoint):
    station: "SimStation16"

    @on(Action.remote_start_transaction)
    def on_start(
        self, id_tag: str, connector_id: int | None = None, charging_profile: Any = None
    ) -> call_result.RemoteStartTransaction:
        outlet = demands.free_outlet(self.station, connector_id)
        if outlet is None:
            return call_result.RemoteStartTransaction("Rejected")
        if charging_profile is not None:
            demands.install_profile(self.station, outlet.evse_id, charging_profile)
        self.then(demands.begin_session, self.station, Token(id_tag), outlet.evse_id)
        return call_result.RemoteStartTransaction("Accepted")

    @on(Action.remote_stop_transaction)
    def on_stop(self, transaction_id: int) -> call_result.RemoteStopTransaction:
        session = demands.find_session(self.station, transaction_id)
        if session is None:
            return call_result.RemoteStopTransaction("Rejected")
        self.then(demands.stop_sessions, self.station, [session.evse_id], "Remote")
        return call_result.RemoteStopTransaction("Accepted")

    @on(Action.reset)
    def on_reset(self, **asked: Any) -> call_result.Reset:
        reason = "ImmediateReset" if asked["type"] == "Hard" else "SoftReset"
        self.then(demands.restart, self.station, stop_reason=reason, boot_reason="RemoteReset")
        return call_result.Reset("Accepted")

    @on(Action.unlock_connector)
    def on_unlock(self, connector_id: int) -> call_result.UnlockConnector:
        if connector_id not in self.station.outlets:
            return call_result.UnlockConnector("NotSupported")
        self.then(demands.stop_sessions, self.station, [connector_id], "UnlockCommand")
        return call_result.UnlockConnector("Unlocked")

    @on(Action.change_availability)
    def on_change_availability(
        self, connector_id: int, **asked: Any
    ) -> call_result.ChangeAvailability:
        outlets = self.station.addressed(connector_id)
        if not outlets:
            return call_result.ChangeAvailability("Rejected")
        is_operative = asked["type"] == "Operative"
        status = demands.plan_availability(outlets, is_operative=is_operative)
        if connector_id == 0:
            self.station.is_operative = is_operative
            self.then(self.station.send_station_status)
        self.then(demands.apply_availability, self.station, outlets, is_operative=is_operative)
        return call_result.ChangeAvailability(status)

    @on(Action.trigger_message)
    def on_trigger(
        self, requested_message: str, connector_id: int | None = None
    ) -> call_result.TriggerMessage:
        outlets = self.station.addressed(connector_id or 0)
        triggered = self.station.triggered(requested_message, outlets)
        if triggered is None:
            return call_result.TriggerMessage("NotImplemented")
        if not outlets:
            return call_result.TriggerMessage("Rejected")
        for message in triggered:
            self.then(self.station.tell, message)
        if requested_message == "BootNotification":
            self.then(self.station.boot, "Triggered")
        return call_result.TriggerMessage("Accepted")

    @on(Action.get_configuration)
    def on_get_configuration(self, key: list[str] | None = None) -> call_result.GetConfiguration:
        known, unknown = self.station.configuration.read(key)
        return call_result.GetConfiguration(known, unknown)

    @on(Action.change_configuration)
    def on_change_configuration(self, key: str, value: str) -> call_result.ChangeConfiguration:
        status = self.station.configuration.write(key, value)
        if status == "Accepted" and key == "HeartbeatInterval":
            self.station.restart_heartbeat()
        if status == "Accepted" and key == "AuthorizationKey":
            self.station.password = value
        return call_result.ChangeConfiguration(status)

    @on(Action.clear_cache)
    def on_clear_cache(self) -> call_result.ClearCache:
        return call_result.ClearCache("Accepted")

    @on(Action.data_transfer)
    def on_data_transfer(self, vendor_id: str, **_: Any) -> call_result.DataTransfer:
        is_ours = vendor_id == self.station.about.vendor
        return call_result.DataTransfer("UnknownMessageId" if is_ours else "UnknownVendorId")

    @on(Action.get_local_list_version)
    def on_get_local_list_version(self) -> call_result.GetLocalListVersion:
        return call_result.GetLocalListVersion(self.station.list_version)

    @on(Action.send_local_list)
    def on_send_local_list(self, list_version: int, **_: Any) -> call_result.SendLocalList:
        self.station.list_version = list_version
        return call_result.SendLocalList("Accepted")

    @on(Action.set_charging_profile)
    def on_set_charging_profile(
        self, connector_id: int, cs_charging_profiles: dict[str, Any]
    ) -> call_result.SetChargingProfile:
        if not self.station.addressed(connector_id):
            return call_result.SetChargingProfile("Rejected")
        demands.install_profile(self.station, connector_id, cs_charging_profiles)
        return call_result.SetChargingProfile("Accepted")

    @on(Action.clear_charging_profile)
    def on_clear_charging_profile(self, **criteria: Any) -> call_result.ClearChargingProfile:
        cleared = demands.clear_profiles(
            self.station,
            profile_id=criteria.get("id"),
            evse_id=criteria.get("connector_id"),
            purpose=criteria.get("charging_profile_purpose"),
            stack_level=criteria.get("stack_level"),
        )
        return call_result.ClearChargingProfile("Accepted" if cleared else "Unknown")

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(
        self, connector_id: int, duration: int, charging_rate_unit: str = "W"
    ) -> call_result.GetCompositeSchedule:
        outlets = self.station.addressed(connector_id)
        if not outlets:
            return call_result.GetCompositeSchedule("Rejected")
        periods = demands.composite_schedule(self.station, outlets[0], duration, charging_rate_unit)
        return call_result.GetCompositeSchedule(
            "Accepted",
            connector_id=connector_id,
            schedule_start=rfc3339(self.station.clock.now()),
            charging_schedule={
                "duration": duration,
                "charging_rate_unit": charging_rate_unit,
                "charging_schedule_period": periods,
            },
        )
