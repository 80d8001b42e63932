"""Words of the time before a station is accepted (OCPP 2.0.1 B02; 1.6 §4.2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """A value under the names it has in either version; "" where a version has none."""

    value: str
    key: str = ""
    component: str = ""
    variable: str = ""
    instance: str = ""


PASSWORD = Setting("", "AuthorizationKey", "SecurityCtrlr", "BasicAuthPassword")
