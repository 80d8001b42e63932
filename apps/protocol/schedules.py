"""Charging profiles and schedules as both versions write them.

What differs (the name of the id, the words of purposes, one schedule or three) is in v16/power.py
and v201/power.py.
"""

from datetime import datetime
from typing import Any

from apps.domain.profiles import (
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    Period,
)
from apps.protocol import timestamps
from apps.protocol.codec import Outcome
from apps.protocol.members import count, positive, text
from apps.protocol.outbound import members, plain_outcome

_MOST = 999_999_999.0  # some stations write their largest number for "no limit"

Payload = dict[str, Any]


def validity_out(profile: ChargingProfile) -> Payload:
    ends = {"validFrom": profile.valid_from, "validTo": profile.valid_to}
    return {name: timestamps.write(at) for name, at in ends.items() if at is not None}


def schedule_out(schedule: ChargingSchedule) -> Payload:
    """What both versions share of a schedule."""
    written: Payload = {
        "chargingRateUnit": schedule.unit,
        "chargingSchedulePeriod": [_period_out(period) for period in schedule.periods],
    }
    if schedule.start_at is not None:
        written["startSchedule"] = timestamps.write(schedule.start_at)
    if schedule.duration_s is not None:
        written["duration"] = schedule.duration_s
    if schedule.min_rate is not None:
        written["minChargingRate"] = round(schedule.min_rate, 1)
    return written


def composite_in(schedule: Payload, start: Any, evse_id: Any) -> CompositeSchedule | None:
    """The schedule of a GetCompositeSchedule answer; None where it cannot be read."""
    start_at = timestamps.parse(start) if isinstance(start, str) else None
    read = schedule_in(schedule)
    if start_at is None or read is None:
        return None
    return CompositeSchedule(
        count(evse_id) or 0, start_at, read.duration_s or 0, read.unit, read.periods
    )


def schedule_in(given: Payload) -> ChargingSchedule | None:
    """A schedule as a station wrote it; None without a single period."""
    periods = tuple(_period_in(p) for p in members(given.get("chargingSchedulePeriod")))
    if not periods or any(period is None for period in periods):
        return None
    least = given.get("minChargingRate")
    return ChargingSchedule(
        unit="W" if given.get("chargingRateUnit") == "W" else "A",
        periods=tuple(sorted((p for p in periods if p is not None), key=lambda p: p.start_s)),
        start_at=instant(given.get("startSchedule")),
        duration_s=count(given.get("duration")),
        min_rate=float(least) if isinstance(least, int | float) else None,
        id=count(given.get("id")) or 0,
    )


def profile_in(given: Payload) -> ChargingProfile | None:
    """A ChargingProfileType; None where it has no id or no schedule that can be read."""
    found = (schedule_in(schedule) for schedule in members(given.get("chargingSchedule")))
    schedules = tuple(schedule for schedule in found if schedule is not None)
    identity = count(given.get("id"))
    if not schedules or identity is None:
        return None
    return ChargingProfile(
        id=identity,
        stack_level=count(given.get("stackLevel")) or 0,
        purpose=text(given, "chargingProfilePurpose"),
        kind=text(given, "chargingProfileKind"),
        recurrency=text(given, "recurrencyKind"),
        valid_from=instant(given.get("validFrom")),
        valid_to=instant(given.get("validTo")),
        transaction_id=text(given, "transactionId")[:36],
        schedules=schedules,
    )


def cleared(payload: Payload) -> Outcome:
    """ "Unknown" says that nothing such is there, which is what was wanted."""
    if payload.get("status") == "Unknown":
        return Outcome("accepted", "Unknown")
    return plain_outcome(payload)


def _period_out(period: Period) -> Payload:
    written: Payload = {"startPeriod": period.start_s, "limit": round(period.limit, 1)}
    if period.phases is not None:
        written["numberPhases"] = period.phases
    if period.phase_to_use is not None:
        written["phaseToUse"] = period.phase_to_use
    return written


def _period_in(given: Payload) -> Period | None:
    start_s, limit = count(given.get("startPeriod")), given.get("limit")
    if start_s is None or isinstance(limit, bool) or not isinstance(limit, int | float):
        return None
    phases, which = positive(given.get("numberPhases")), positive(given.get("phaseToUse"))
    return Period(start_s, min(max(float(limit), 0.0), _MOST), phases, which)


def instant(value: Any) -> datetime | None:
    """As it is written: a limit may begin tomorrow or have begun years ago."""
    return timestamps.parse(value) if isinstance(value, str) else None
