"""How a simulated OCPP 2.0.1 station answers about its device model, monitors and customers."""

from typing import TYPE_CHECKING, Any

from ocpp.routing import on
from ocpp.v201 import call_result
from ocpp.v201.enums import Action

from apps.simulator.conversation import Conversation

if TYPE_CHECKING:
    from apps.simulator.v201 import SimStation201

Items = list[dict[str, Any]] | None


class DeviceAnswers(Conversation):
    station: "SimStation201"

    @on(Action.get_base_report)
    def on_get_base_report(
        self, request_id: int, report_base: str, **_: Any
    ) -> call_result.GetBaseReport:
        if report_base == "SummaryInventory":
            return call_result.GetBaseReport("NotSupported")
        items = self.station.device_model.report(report_base)
        self.then(self.station.send_report, request_id, items)
        return call_result.GetBaseReport("Accepted")

    @on(Action.get_report)
    def on_get_report(
        self,
        request_id: int,
        component_criteria: list[str] | None = None,
        component_variable: Items = None,
        **_: Any,
    ) -> call_result.GetReport:
        model = self.station.device_model
        found = model.select(component_criteria or (), component_variable or ())
        if not found:
            return call_result.GetReport("EmptyResultSet")
        self.then(self.station.send_report, request_id, [v.reported() for v in found])
        return call_result.GetReport("Accepted")

    @on(Action.get_monitoring_report)
    def on_get_monitoring_report(
        self,
        request_id: int,
        monitoring_criteria: list[str] | None = None,
        component_variable: Items = None,
        **_: Any,
    ) -> call_result.GetMonitoringReport:
        found = self.station.watch.report(monitoring_criteria or (), component_variable or ())
        if not found:
            return call_result.GetMonitoringReport("EmptyResultSet")
        self.then(self.station.send_monitors, request_id, found)
        return call_result.GetMonitoringReport("Accepted")

    @on(Action.set_variable_monitoring)
    def on_set_monitors(
        self, set_monitoring_data: list[dict[str, Any]], **_: Any
    ) -> call_result.SetVariableMonitoring:
        results = [self.station.watch.set(wanted) for wanted in set_monitoring_data]
        return call_result.SetVariableMonitoring(results)

    @on(Action.clear_variable_monitoring)
    def on_clear_monitors(self, **asked: Any) -> call_result.ClearVariableMonitoring:
        results = [self.station.watch.clear(number) for number in asked["id"]]
        return call_result.ClearVariableMonitoring(results)

    @on(Action.set_monitoring_base)
    def on_set_monitoring_base(
        self, monitoring_base: str, **_: Any
    ) -> call_result.SetMonitoringBase:
        if monitoring_base != "All":
            self.station.watch.set_base()
        return call_result.SetMonitoringBase("Accepted")

    @on(Action.set_monitoring_level)
    def on_set_monitoring_level(self, severity: int, **_: Any) -> call_result.SetMonitoringLevel:
        self.station.watch.level = severity
        return call_result.SetMonitoringLevel("Accepted")

    @on(Action.customer_information)
    def on_customer_information(
        self,
        request_id: int,
        report: bool,
        clear: bool,
        id_token: dict[str, str] | None = None,
        **_: Any,
    ) -> call_result.CustomerInformation:
        uid = id_token["id_token"] if id_token else ""
        text = self.station.told_of(uid)
        if clear:
            self.station.forgotten.add(uid)
        if report:
            self.then(self.station.send_customer, request_id, text)
        return call_result.CustomerInformation("Accepted")
