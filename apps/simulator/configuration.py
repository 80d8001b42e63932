"""The configuration keys of a 1.6 station: read, written, and obeyed where they matter."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["int", "bool", "text"]
ALL = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"


@dataclass
class Key:
    value: str
    kind: Kind = "text"
    is_readonly: bool = False
    is_secret: bool = False

    def accepts(self, value: str) -> bool:
        if self.kind == "int":
            return value.isdigit()
        return self.kind == "text" or value.lower() in ("true", "false")


def _defaults(connectors: int, sample_interval_s: int) -> dict[str, Key]:
    return {
        "AuthorizationKey": Key("", is_secret=True),
        "AuthorizeRemoteTxRequests": Key("false", "bool"),
        "ChargeProfileMaxStackLevel": Key("8", "int", is_readonly=True),
        "ChargingScheduleAllowedChargingRateUnit": Key("Current,Power", is_readonly=True),
        "ChargingScheduleMaxPeriods": Key("24", "int", is_readonly=True),
        "ClockAlignedDataInterval": Key("0", "int"),
        "ConnectionTimeOut": Key("60", "int"),
        "ConnectorPhaseRotation": Key("0.RST"),
        "GetConfigurationMaxKeys": Key("50", "int", is_readonly=True),
        "HeartbeatInterval": Key("300", "int"),
        "LocalAuthListEnabled": Key("false", "bool"),
        "LocalAuthListMaxLength": Key("100", "int", is_readonly=True),
        "LocalAuthorizeOffline": Key("true", "bool"),
        "LocalPreAuthorize": Key("false", "bool"),
        "MaxChargingProfilesInstalled": Key("20", "int", is_readonly=True),
        "MeterValueSampleInterval": Key(str(sample_interval_s), "int"),
        "MeterValuesAlignedData": Key(ALL),
        "MeterValuesSampledData": Key(ALL),
        "NumberOfConnectors": Key(str(connectors), "int", is_readonly=True),
        "ResetRetries": Key("1", "int"),
        "SendLocalListMaxLength": Key("100", "int", is_readonly=True),
        "StopTransactionOnEVSideDisconnect": Key("true", "bool"),
        "StopTransactionOnInvalidId": Key("true", "bool"),
        "StopTxnAlignedData": Key(""),
        "StopTxnSampledData": Key("Energy.Active.Import.Register"),
        "SupportedFeatureProfiles": Key(
            "Core,RemoteTrigger,SmartCharging,LocalAuthListManagement", is_readonly=True
        ),
        "TransactionMessageAttempts": Key("3", "int"),
        "TransactionMessageRetryInterval": Key("5", "int"),
        "UnlockConnectorOnEVSideDisconnect": Key("true", "bool"),
        "WebSocketPingInterval": Key("20", "int"),
    }


class Configuration:
    def __init__(self, connectors: int, sample_interval_s: int) -> None:
        self.keys = _defaults(connectors, sample_interval_s)

    def read(self, wanted: list[str] | None) -> tuple[list[dict[str, Any]], list[str]]:
        """(known keys as GetConfiguration.conf shows them, unknown names)."""
        names = wanted or list(self.keys)
        known = [self._shown(name) for name in names if name in self.keys]
        return known, [name for name in names if name not in self.keys]

    def _shown(self, name: str) -> dict[str, Any]:
        key = self.keys[name]
        shown: dict[str, Any] = {"key": name, "readonly": key.is_readonly}
        return shown if key.is_secret else shown | {"value": key.value}

    def write(self, name: str, value: str) -> str:
        key = self.keys.get(name)
        if key is None:
            return "NotSupported"
        if key.is_readonly or not key.accepts(value):
            return "Rejected"
        key.value = value
        return "Accepted"

    @property
    def heartbeat_interval_s(self) -> int:
        return int(self.keys["HeartbeatInterval"].value)

    @heartbeat_interval_s.setter
    def heartbeat_interval_s(self, seconds: int) -> None:
        self.keys["HeartbeatInterval"].value = str(seconds)

    @property
    def sample_interval_s(self) -> int:
        return int(self.keys["MeterValueSampleInterval"].value)

    @sample_interval_s.setter
    def sample_interval_s(self, seconds: int) -> None:
        self.keys["MeterValueSampleInterval"].value = str(seconds)

    @property
    def authorizes_remote_start(self) -> bool:
        return self.keys["AuthorizeRemoteTxRequests"].value.lower() == "true"

    @property
    def stops_on_invalid_token(self) -> bool:
        return self.keys["StopTransactionOnInvalidId"].value.lower() == "true"

    @property
    def sampled_measurands(self) -> tuple[str, ...]:
        return split_list(self.keys["MeterValuesSampledData"].value)

    @property
    def stop_measurands(self) -> tuple[str, ...]:
        return split_list(self.keys["StopTxnSampledData"].value)


def split_list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())
