"""Words of the time before a station is accepted (OCPP 2.0.1 B02; 1.6 §4.2)."""

from dataclasses import dataclass

WHILE_PENDING = frozenset({
    "get_variables", "set_variables", "trigger_message", "renew_certificate",
    "install_signed_certificate", "install_certificate", "delete_certificate",
    "get_installed_certificates", "set_network_profile", "set_monitors", "clear_monitors",
    "read_device_model", "get_report",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """A value under the names it has in either version; "" where a version has none."""

    value: str
    key: str = ""
    component: str = ""
    variable: str = ""
    instance: str = ""


PASSWORD = Setting("", "AuthorizationKey", "SecurityCtrlr", "BasicAuthPassword")
