"""A small 2.0.1 device model: the required variables, some of them with an effect."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from apps.simulator.configuration import ALL, split_list
from apps.simulator.outlet import Outlet

RO, RW, WO = "ReadOnly", "ReadWrite", "WriteOnly"


@dataclass
class Variable:
    component: str
    name: str
    value: str
    mutability: str = RW
    data_type: str = "string"
    instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None
    unit: str | None = None
    most: int | None = None
    choices: str | None = None
    can_be_watched: bool = False

    @property
    def key(self) -> tuple[str, str, str, int | None, int | None]:
        """Names are compared without regard to case."""
        return (
            self.component.lower(),
            self.name.lower(),
            (self.instance or "").lower(),
            self.evse_id,
            self.connector_id,
        )

    def accepts(self, value: str) -> bool:
        if self.choices is not None:
            return all(part in split_list(self.choices) for part in split_list(value))
        if self.data_type == "integer":
            return value.removeprefix("-").isdigit()
        return self.data_type != "boolean" or value.lower() in ("true", "false")

    def reported(self) -> dict[str, Any]:
        """One `reportData` entry of NotifyReport."""
        attribute: dict[str, Any] = {"type": "Actual", "mutability": self.mutability}
        if self.mutability != WO:
            attribute["value"] = self.value
        traits = {
            "dataType": self.data_type,
            "supportsMonitoring": self.can_be_watched,
            "unit": self.unit,
            "maxLimit": self.most,
            "valuesList": self.choices,
        }
        return self.named() | {
            "variableAttribute": [attribute],
            "variableCharacteristics": {k: v for k, v in traits.items() if v is not None},
        }

    def named(self) -> dict[str, Any]:
        """Component and variable, as every message names them."""
        component: dict[str, Any] = {"name": self.component}
        if self.evse_id is not None:
            component["evse"] = {"id": self.evse_id}
            if self.connector_id is not None:
                component["evse"]["connectorId"] = self.connector_id
        variable = {"name": self.name} | ({"instance": self.instance} if self.instance else {})
        return {"component": component, "variable": variable}


def number(component: str, name: str, value: int, mutability: str = RW, **rest: Any) -> Variable:
    return Variable(component, name, str(value), mutability, "integer", **rest)


def switch(component: str, name: str, value: str, mutability: str = RW) -> Variable:
    return Variable(component, name, value, mutability, "boolean")


def _connection() -> Iterator[Variable]:
    comm = "OCPPCommCtrlr"
    yield number(comm, "ActiveNetworkProfile", 1, RO)
    yield number(comm, "MessageTimeout", 30, RO, instance="Default")
    yield Variable(comm, "FileTransferProtocols", "HTTPS,HTTP", RO, "MemberList")
    yield Variable(comm, "NetworkConfigurationPriority", "1", RW, "SequenceList")
    yield number(comm, "NetworkProfileConnectionAttempts", 3)
    yield number(comm, "OfflineThreshold", 60, unit="s")
    yield number(comm, "MessageAttempts", 3, instance="TransactionEvent")
    yield number(comm, "MessageAttemptInterval", 5, instance="TransactionEvent")
    yield number(comm, "HeartbeatInterval", 300, unit="s", most=86_400)
    yield number(comm, "WebSocketPingInterval", 20)
    yield switch(comm, "UnlockOnEVSideDisconnect", "true")
    yield number(comm, "ResetRetries", 1)
    for kind in ("GetReport", "GetVariables", "SetVariables"):
        yield number("DeviceDataCtrlr", "ItemsPerMessage", 10, RO, instance=kind)
        yield number("DeviceDataCtrlr", "BytesPerMessage", 8192, RO, instance=kind)
    yield Variable("ClockCtrlr", "DateTime", "", RO, "dateTime")
    for kind in ("SetVariableMonitoring", "ClearVariableMonitoring"):
        yield number("MonitoringCtrlr", "ItemsPerMessage", 5, RO, instance=kind)
        yield number("MonitoringCtrlr", "BytesPerMessage", 4096, RO, instance=kind)
    yield switch("MonitoringCtrlr", "Enabled", "true", RO)
    sources = "Heartbeat,NTP,RealTimeClock"
    yield Variable("ClockCtrlr", "TimeSource", "Heartbeat", RW, "SequenceList", choices=sources)
    yield Variable("SecurityCtrlr", "OrganizationName", "Simulated")
    yield number("SecurityCtrlr", "CertificateEntries", 0, RO)
    yield number("SecurityCtrlr", "SecurityProfile", 1, RO)
    yield Variable("SecurityCtrlr", "BasicAuthPassword", "", WO)


def _charging(sample_interval_s: int) -> Iterator[Variable]:
    yield switch("AuthCtrlr", "AuthorizeRemoteStart", "false")
    yield switch("AuthCtrlr", "LocalAuthorizeOffline", "true")
    yield switch("AuthCtrlr", "LocalPreAuthorize", "false")
    yield number("TxCtrlr", "EVConnectionTimeOut", 60)
    yield switch("TxCtrlr", "StopTxOnEVSideDisconnect", "true", RO)
    yield switch("TxCtrlr", "StopTxOnInvalidId", "true")
    yield Variable("TxCtrlr", "TxStartPoint", "PowerPathClosed", RO, "MemberList")
    yield Variable("TxCtrlr", "TxStopPoint", "PowerPathClosed", RO, "MemberList")
    for name in ("TxStartedMeasurands", "TxUpdatedMeasurands", "TxEndedMeasurands"):
        yield Variable("SampledDataCtrlr", name, ALL, RW, "MemberList")
    yield number("SampledDataCtrlr", "TxUpdatedInterval", sample_interval_s)
    yield number("SampledDataCtrlr", "TxEndedInterval", 0)
    yield Variable("AlignedDataCtrlr", "Measurands", ALL, RW, "MemberList")
    yield Variable("AlignedDataCtrlr", "TxEndedMeasurands", "", RW, "MemberList")
    yield number("AlignedDataCtrlr", "Interval", 0)
    yield number("AlignedDataCtrlr", "TxEndedInterval", 0)
    yield number("SmartChargingCtrlr", "ProfileStackLevel", 8, RO)
    yield Variable("SmartChargingCtrlr", "RateUnit", "A,W", RO, "MemberList")
    yield number("SmartChargingCtrlr", "PeriodsPerSchedule", 24, RO)
    yield number("SmartChargingCtrlr", "Entries", 20, RO, instance="ChargingProfiles")


def _display() -> Iterator[Variable]:
    control = "DisplayMessageCtrlr"
    yield number(control, "DisplayMessages", 0, RO)
    yield number(control, "PersonalMessageSize", 128, RO)
    yield Variable(control, "SupportedFormats", "ASCII,UTF8,URI", RO, "MemberList")
    yield Variable(
        control, "SupportedPriorities", "AlwaysFront,InFront,NormalCycle", RO, "MemberList"
    )
    yield Variable(
        control, "SupportedStates", "Charging,Faulted,Idle,Unavailable", RO, "MemberList"
    )


def _hardware(outlets: Iterable[Outlet]) -> Iterator[Variable]:
    yield Variable("ChargingStation", "AvailabilityState", "Available", RO, "OptionList")
    yield Variable("ChargingStation", "Available", "true", RO, "boolean")
    for outlet in outlets:
        evse = outlet.evse_id
        most, phases = outlet.supply.max_power_w, str(outlet.supply.phases)
        at = outlet.connector_id
        yield Variable("EVSE", "AvailabilityState", "Available", RO, "OptionList", None, evse)
        yield Variable("EVSE", "Available", "true", RO, "boolean", None, evse)
        yield Variable("EVSE", "Power", "0", RO, "decimal", None, evse, unit="W", most=most,
                       can_be_watched=True)  # fmt: skip
        yield Variable("EVSE", "SupplyPhases", phases, RO, "integer", None, evse)
        yield Variable("Connector", "Available", "true", RO, "boolean", None, evse, at)
        yield Variable("Connector", "Problem", "false", RO, "boolean", None, evse, at)
        yield Variable(
            "Connector", "ConnectorType", outlet.connector_type, RO, "string", None, evse, at
        )


def _is_named(variable: Variable, wanted: dict[str, Any]) -> bool:
    """What a request leaves out, it means all of."""
    component, named = wanted["component"], wanted.get("variable") or {}
    evse = component.get("evse") or {}
    pairs = (
        (component["name"].lower(), variable.component.lower()),
        (named.get("name", variable.name).lower(), variable.name.lower()),
        (named.get("instance", variable.instance), variable.instance),
        (evse.get("id", variable.evse_id), variable.evse_id),
        (evse.get("connector_id", variable.connector_id), variable.connector_id),
    )
    return all(asked == own for asked, own in pairs)


class DeviceModel:
    def __init__(self, outlets: Iterable[Outlet], sample_interval_s: int) -> None:
        found = [*_connection(), *_charging(sample_interval_s), *_display(), *_hardware(outlets)]
        self.variables = {variable.key: variable for variable in found}

    def find(self, wanted: dict[str, Any]) -> Variable | str:
        """The variable asked for (snake_case request item), or why there is none."""
        component, variable = wanted["component"], wanted["variable"]
        evse = component.get("evse") or {}
        key = (
            component["name"].lower(),
            variable["name"].lower(),
            variable.get("instance", "").lower(),
            evse.get("id"),
            evse.get("connector_id"),
        )
        if wanted.get("attribute_type", "Actual") != "Actual":
            return "NotSupportedAttributeType"
        if key in self.variables:
            return self.variables[key]
        is_known = any(known[0] == key[0] for known in self.variables)
        return "UnknownVariable" if is_known else "UnknownComponent"

    def read(self, wanted: dict[str, Any]) -> tuple[str, str | None]:
        """(attributeStatus, attributeValue)."""
        found = self.find(wanted)
        if isinstance(found, str):
            return found, None
        return ("Rejected", None) if found.mutability == WO else ("Accepted", found.value)

    def write(self, wanted: dict[str, Any]) -> str:
        found, value = self.find(wanted), str(wanted["attribute_value"])
        if isinstance(found, str):
            return found
        if found.mutability == RO or not found.accepts(value):
            return "Rejected"
        found.value = value
        return "Accepted"

    def report(self, base: str) -> list[dict[str, Any]]:
        """`reportData` of a FullInventory, or of what can be written (ConfigurationInventory)."""
        return [
            variable.reported()
            for variable in self.variables.values()
            if base == "FullInventory" or variable.mutability != RO
        ]

    def select(self, criteria: Iterable[str], wanted: Iterable[dict[str, Any]]) -> list[Variable]:
        """Those of components that are as ``criteria`` say, and that ``wanted`` names."""
        items, words = list(wanted), list(criteria)
        return [
            variable
            for variable in self.variables.values()
            if (not items or any(_is_named(variable, item) for item in items))
            and (not words or any(self._is(variable, word) for word in words))
        ]

    def _is(self, variable: Variable, criterion: str) -> bool:
        """A component that cannot tell is there, enabled and active, but has no problem."""
        component, _, _, evse_id, connector_id = variable.key
        found = self.variables.get((component, criterion.lower(), "", evse_id, connector_id))
        return found.value == "true" if found is not None else criterion != "Problem"

    def at(self, component: str, name: str, evse_id: int, connector_id: int | None) -> Variable:
        """A variable of the hardware."""
        return self.variables[(component.lower(), name.lower(), "", evse_id, connector_id)]

    def _get(self, component: str, name: str) -> Variable:
        return self.variables[(component.lower(), name.lower(), "", None, None)]

    @property
    def heartbeat_interval_s(self) -> int:
        return int(self._get("OCPPCommCtrlr", "HeartbeatInterval").value)

    @heartbeat_interval_s.setter
    def heartbeat_interval_s(self, seconds: int) -> None:
        self._get("OCPPCommCtrlr", "HeartbeatInterval").value = str(seconds)

    @property
    def sample_interval_s(self) -> int:
        return int(self._get("SampledDataCtrlr", "TxUpdatedInterval").value)

    @sample_interval_s.setter
    def sample_interval_s(self, seconds: int) -> None:
        self._get("SampledDataCtrlr", "TxUpdatedInterval").value = str(seconds)

    @property
    def authorizes_remote_start(self) -> bool:
        return self._get("AuthCtrlr", "AuthorizeRemoteStart").value.lower() == "true"

    @property
    def stops_on_invalid_token(self) -> bool:
        return self._get("TxCtrlr", "StopTxOnInvalidId").value.lower() == "true"

    @property
    def started_measurands(self) -> tuple[str, ...]:
        return split_list(self._get("SampledDataCtrlr", "TxStartedMeasurands").value)

    @property
    def updated_measurands(self) -> tuple[str, ...]:
        return split_list(self._get("SampledDataCtrlr", "TxUpdatedMeasurands").value)

    @property
    def ended_measurands(self) -> tuple[str, ...]:
        return split_list(self._get("SampledDataCtrlr", "TxEndedMeasurands").value)
