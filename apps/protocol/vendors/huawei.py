"""Huawei SCharger: leaves the vendor's name empty; the model tells who it is."""

from typing import Any

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
)
