"""Wallbox: energy by phase and no total, stops of sessions that nobody started here.

It boots in a loop where it is asked anything before its boot is done with, and refuses absolute
profiles: a limit that holds from now on is told relative to its session, which comes to the same.
"""

from datetime import datetime
from typing import Any

from apps.protocol import timestamps
from apps.protocol.vendors.profile import Profile

Payload = dict[str, Any]


def _relative(profile: Payload, now: datetime) -> Payload | None:
    """The profile as a Relative one; None where that would be another limit."""
    schedule = profile["chargingSchedule"]
    start_at = timestamps.parse(schedule.get("startSchedule", ""))
    is_one = isinstance(schedule, dict) and len(schedule["chargingSchedulePeriod"]) == 1
    is_constant = is_one and "duration" not in schedule and (start_at is None or start_at <= now)
    of_session = profile["chargingProfilePurpose"] in ("TxProfile", "TxDefaultProfile")
    if profile["chargingProfileKind"] != "Absolute" or not (is_constant and of_session):
        return None
    kept = {name: value for name, value in schedule.items() if name != "startSchedule"}
    return profile | {"chargingProfileKind": "Relative", "chargingSchedule": kept}


def _within(member: str, payload: Payload, now: datetime) -> Payload | None:
    profile = payload.get(member)
    changed = _relative(profile, now) if profile else None
    return payload | {member: changed} if changed else None


PROFILE = Profile(
    name="wallbox",
    vendor=r"wall ?box.*",
    orders={
        "RemoteStartTransaction": lambda given, now: _within("chargingProfile", given, now),
        "SetChargingProfile": lambda given, now: _within("csChargingProfiles", given, now),
    },
    boot_quiet_s=30,
)
