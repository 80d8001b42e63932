"""Alfen Eve: a start after a restart has no register (null): read as "unknown"."""

from typing import Any

from apps.protocol.metering import UNKNOWN_REGISTER_WH
from apps.protocol.vendors.profile import Profile


def _start(payload: dict[str, Any]) -> dict[str, Any] | None:
    if payload.get("meterStart", 0) is not None:
        return None
    return payload | {"meterStart": UNKNOWN_REGISTER_WH}


PROFILE = Profile(name="alfen", vendor=r"alfen.*", habits={"StartTransaction": _start})
