"""How a simulated OCPP 2.0.1 station answers its server."""

from typing import TYPE_CHECKING, Any

import ocpp.v201
from ocpp.routing import on
from ocpp.v201 import call_result
from ocpp.v201.enums import Action

from apps.simulator import demands
from apps.simulator.client201_device import DeviceAnswers
from apps.simulator.outlet import Outlet, Token
from apps.simulator.publishing import PublishingClient
from apps.simulator.wire import rfc3339

if TYPE_CHECKING:
    from apps.simulator.v201 import SimStation201

Evse = dict[str, int] | None


class Client201(DeviceAnswers, PublishingClient, ocpp.v201.ChargePoint):
    station: "SimStation201"

    @on(Action.request_start_transaction)
    def on_start(
        self,
        id_token: dict[str, str],
        remote_start_id: int,
        evse_id: int | None = None,
        charging_profile: Any = None,
        **_: Any,
    ) -> call_result.RequestStartTransaction:
        outlet = demands.free_outlet(self.station, evse_id)
        if outlet is None:
            return call_result.RequestStartTransaction("Rejected")
        if charging_profile is not None:
            demands.install_profile(self.station, outlet.evse_id, charging_profile)
        token = Token(id_token["id_token"], id_token["type"])
        self.then(demands.begin_session, self.station, token, outlet.evse_id, remote_start_id)
        return call_result.RequestStartTransaction("Accepted")

    @on(Action.request_stop_transaction)
    def on_stop(self, transaction_id: str, **_: Any) -> call_result.RequestStopTransaction:
        session = demands.find_session(self.station, transaction_id)
        if session is None:
            return call_result.RequestStopTransaction("Rejected")
        self.then(demands.stop_sessions, self.station, [session.evse_id], "Remote")
        return call_result.RequestStopTransaction("Accepted")

    @on(Action.reset)
    def on_reset(self, evse_id: int | None = None, **asked: Any) -> call_result.Reset:
        station = self.station
        if evse_id is not None and evse_id not in station.outlets:
            return call_result.Reset("Rejected")
        if asked["type"] == "OnIdle" and station.active_sessions:
            station.resets_when_idle = "RemoteReset"
            return call_result.Reset("Scheduled")
        if evse_id is not None:
            self.then(demands.stop_sessions, station, [evse_id], "ImmediateReset")
        else:
            self.then(
                demands.restart,
                station,
                stop_reason="ImmediateReset",
                boot_reason="RemoteReset",
            )
        return call_result.Reset("Accepted")

    @on(Action.unlock_connector)
    def on_unlock(self, evse_id: int, connector_id: int, **_: Any) -> call_result.UnlockConnector:
        outlet = self.station.outlets.get(evse_id)
        if outlet is None or outlet.connector_id != connector_id:
            return call_result.UnlockConnector("UnknownConnector")
        if outlet.active_session is not None:
            return call_result.UnlockConnector("OngoingAuthorizedTransaction")
        return call_result.UnlockConnector("Unlocked")

    @on(Action.change_availability)
    def on_change_availability(
        self, operational_status: str, evse: Evse = None, **_: Any
    ) -> call_result.ChangeAvailability:
        outlets = self.station.addressed(evse)
        if not outlets:
            return call_result.ChangeAvailability("Rejected")
        is_operative = operational_status == "Operative"
        status = demands.plan_availability(outlets, is_operative=is_operative)
        self.then(demands.apply_availability, self.station, outlets, is_operative=is_operative)
        return call_result.ChangeAvailability(status)

    @on(Action.trigger_message)
    def on_trigger(
        self, requested_message: str, evse: Evse = None, **_: Any
    ) -> call_result.TriggerMessage:
        outlets = self.station.addressed(evse)
        if requested_message == "BootNotification":
            if self.station.boot_status == "Accepted":
                return call_result.TriggerMessage("Rejected")
            self.then(self.station.boot, "Triggered")
            return call_result.TriggerMessage("Accepted")
        if requested_message == "TransactionEvent":
            return self._trigger_events(outlets)
        messages = self.station.triggered(requested_message, outlets)
        if messages is None:
            return call_result.TriggerMessage("NotImplemented")
        for message in messages:
            self.then(self.station.tell, message)
        return call_result.TriggerMessage("Accepted" if messages else "Rejected")

    def _trigger_events(self, outlets: list[Outlet]) -> call_result.TriggerMessage:
        busy = [outlet for outlet in outlets if outlet.active_session is not None]
        for outlet in busy:
            self.then(self.station.send_sample, outlet, "Trigger")
        return call_result.TriggerMessage("Accepted" if busy else "Rejected")

    @on(Action.get_variables)
    def on_get_variables(
        self, get_variable_data: list[dict[str, Any]], **_: Any
    ) -> call_result.GetVariables:
        results = []
        for wanted in get_variable_data:
            status, value = self.station.read_variable(wanted)
            result = _named(wanted) | {"attribute_status": status}
            results.append(result if value is None else result | {"attribute_value": value})
        return call_result.GetVariables(results)

    @on(Action.set_variables)
    def on_set_variables(
        self, set_variable_data: list[dict[str, Any]], **_: Any
    ) -> call_result.SetVariables:
        results = [
            _named(wanted) | {"attribute_status": self.station.write_variable(wanted)}
            for wanted in set_variable_data
        ]
        return call_result.SetVariables(results)

    @on(Action.get_transaction_status)
    def on_get_transaction_status(
        self, transaction_id: str | None = None, **_: Any
    ) -> call_result.GetTransactionStatus:
        outbox = self.station.outbox
        if transaction_id is None:
            return call_result.GetTransactionStatus(len(outbox) > 0)
        is_running = demands.find_session(self.station, transaction_id) is not None
        return call_result.GetTransactionStatus(outbox.holds(transaction_id), is_running)

    @on(Action.clear_cache)
    def on_clear_cache(self, **_: Any) -> call_result.ClearCache:
        return call_result.ClearCache("Accepted")

    @on(Action.data_transfer)
    def on_data_transfer(self, vendor_id: str, **_: Any) -> call_result.DataTransfer:
        is_ours = vendor_id == self.station.about.vendor
        return call_result.DataTransfer("UnknownMessageId" if is_ours else "UnknownVendorId")

    @on(Action.get_local_list_version)
    def on_get_local_list_version(self, **_: Any) -> call_result.GetLocalListVersion:
        return call_result.GetLocalListVersion(self.station.list_version)

    @on(Action.send_local_list)
    def on_send_local_list(self, version_number: int, **_: Any) -> call_result.SendLocalList:
        self.station.list_version = version_number
        return call_result.SendLocalList("Accepted")

    @on(Action.set_charging_profile)
    def on_set_charging_profile(
        self, evse_id: int, charging_profile: dict[str, Any], **_: Any
    ) -> call_result.SetChargingProfile:
        if evse_id != 0 and evse_id not in self.station.outlets:
            return call_result.SetChargingProfile("Rejected")
        demands.install_profile(self.station, evse_id, charging_profile)
        return call_result.SetChargingProfile("Accepted")

    @on(Action.clear_charging_profile)
    def on_clear_charging_profile(
        self,
        charging_profile_id: int | None = None,
        charging_profile_criteria: dict[str, Any] | None = None,
        **_: Any,
    ) -> call_result.ClearChargingProfile:
        criteria = charging_profile_criteria or {}
        cleared = demands.clear_profiles(
            self.station,
            profile_id=charging_profile_id,
            evse_id=criteria.get("evse_id"),
            purpose=criteria.get("charging_profile_purpose"),
            stack_level=criteria.get("stack_level"),
        )
        return call_result.ClearChargingProfile("Accepted" if cleared else "Unknown")

    @on(Action.get_composite_schedule)
    def on_get_composite_schedule(
        self, duration: int, evse_id: int, charging_rate_unit: str = "W", **_: Any
    ) -> call_result.GetCompositeSchedule:
        outlets = self.station.addressed({"id": evse_id} if evse_id else None)
        if not outlets:
            return call_result.GetCompositeSchedule("Rejected")
        periods = demands.composite_schedule(self.station, outlets[0], duration, charging_rate_unit)
        schedule = {
            "evse_id": evse_id,
            "duration": duration,
            "schedule_start": rfc3339(self.station.clock.now()),
            "charging_rate_unit": charging_rate_unit,
            "charging_schedule_period": periods,
        }
        return call_result.GetCompositeSchedule("Accepted", schedule=schedule)


def _named(wanted: dict[str, Any]) -> dict[str, Any]:
    kept = ("component", "variable", "attribute_type")
    return {name: wanted[name] for name in kept if name in wanted}
