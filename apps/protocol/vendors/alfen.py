"""Alfen Eve: a start after a restart has no register (null): read as "unknown".

Its volts are those between two phases.
"""

from apps.protocol.quantities import UNKNOWN_REGISTER_WH
from apps.protocol.vendors.profile import Payload, Profile


def _start(payload: Payload) -> Payload | None:
    if payload.get("meterStart", 0) is not None:
        return None
    return payload | {"meterStart": UNKNOWN_REGISTER_WH}


PROFILE = Profile(
    name="alfen",
    vendor=r"alfen.*",
    volts_between_phases=True,
    habits={"StartTransaction": _start},
)
