"""Huawei SCharger: leaves the vendor's name empty; the model tells who it is.

It takes limits in watts only, and keeps one of 0 W beyond its session.
"""

from typing import Any

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile


def _boot(payload: dict[str, Any]) -> dict[str, Any] | None:
    if payload.get("chargePointVendor") != "":
        return None
    return payload | {"chargePointVendor": "Huawei"}


PROFILE = Profile(
    name="huawei",
    vendor=r"(huawei.*)?",
    model=r"scharger.*",
    habits={"BootNotification": _boot},
    manner=Manner(refuses=frozenset({"unit:A"}), is_cleared_after=True),
)
