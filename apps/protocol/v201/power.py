"""Smart charging in OCPP 2.0.1: our calls, what their answers mean, and what stations tell."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from apps.domain import power
from apps.domain.command import Command
from apps.domain.events import Event
from apps.domain.profiles import (
    MAX,
    SOURCES,
    TX,
    TX_DEFAULT,
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
Written = tuple[str, Payload]


def profile_out(profile: ChargingProfile) -> Payload:
    """The ChargingProfileType, absent members left out."""
    written: Payload = {
        "id": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": profile.purpose,
        "chargingProfileKind": profile.kind,
        "chargingSchedule": [{"id": s.id} | schedule_out(s) for s in profile.schedules],
    }
    if profile.recurrency:
        written["recurrencyKind"] = profile.recurrency
    if profile.transaction_id:
        written["transactionId"] = profile.transaction_id
    return written | validity_out(profile)


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
        start_at=_instant(given.get("startSchedule")),
        duration_s=count(given.get("duration")),
        min_rate=float(least) if isinstance(least, int | float) else None,
        id=count(given.get("id")) or 0,
    )


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
        valid_from=_instant(given.get("validFrom")),
        valid_to=_instant(given.get("validTo")),
        transaction_id=text(given, "transactionId")[:36],
        schedules=schedules,
    )


def _instant(value: Any) -> datetime | None:
    """As it is written: a limit may begin tomorrow or have begun years ago."""
    return timestamps.parse(value) if isinstance(value, str) else None


def _set(command: power.SetChargingProfile) -> Written:
    profile = profile_out(command.charging_profile())
    return "SetChargingProfile", {"evseId": command.evse_id, "chargingProfile": profile}


def _get(command: power.GetChargingProfiles, request_id: int) -> Written:
    """At least one criterion (K09.FR.03): without any, every source is asked for."""
    criteria: Payload = {}
    if command.profile_ids:
        criteria["chargingProfileId"] = list(command.profile_ids)
    if command.purpose is not None:
        criteria["chargingProfilePurpose"] = command.purpose
    if command.stack_level is not None:
        criteria["stackLevel"] = command.stack_level
    if command.sources or not criteria:
        criteria["chargingLimitSource"] = list(command.sources or SOURCES)
    payload: Payload = {"requestId": request_id, "chargingProfile": criteria}
    if command.evse_id is not None:
        payload["evseId"] = command.evse_id
    return "GetChargingProfiles", payload


def clear_parts(command: Command) -> list[Command]:
    """To clear everything takes a call for each purpose: empty criteria are none (K10.FR.02)."""
    if command == power.ClearChargingProfile():
        return [power.ClearChargingProfile(purpose=purpose) for purpose in (MAX, TX_DEFAULT, TX)]
    return [command]


def _clear(command: power.ClearChargingProfile) -> Written:
    if command.profile_id is not None:
        return "ClearChargingProfile", {"chargingProfileId": command.profile_id}
    named = {
        "evseId": command.evse_id,
        "chargingProfilePurpose": command.purpose,
        "stackLevel": command.stack_level,
    }
    criteria = {name: value for name, value in named.items() if value is not None}
    return "ClearChargingProfile", {"chargingProfileCriteria": criteria}


def _composite(command: power.GetCompositeSchedule) -> Written:
    payload: Payload = {"evseId": command.evse_id, "duration": command.duration_s}
    if command.unit is not None:
        payload["chargingRateUnit"] = command.unit
    return "GetCompositeSchedule", payload


def cleared(payload: Payload) -> Outcome:
    """ "Unknown" says that nothing such is there, which is what was wanted."""
    if payload.get("status") == "Unknown":
        return Outcome("accepted", "Unknown")
    return plain_outcome(payload)


def _composite_told(payload: Payload) -> Outcome:
    plain, schedule = plain_outcome(payload), payload.get("schedule")
    if not isinstance(schedule, dict):
        return plain
    read = composite_in(schedule, schedule.get("scheduleStart"), schedule.get("evseId"))
    return Outcome(plain.status, plain.detail, facts=(read,) if read else ())


def _reported(payload: Payload, _received_at: datetime) -> Event:
    found = (profile_in(profile) for profile in payload["chargingProfile"])
    return power.ProfilesReported(
        request_id=count(payload["requestId"]) or 0,
        evse_id=count(payload["evseId"]) or 0,
        source=payload["chargingLimitSource"],
        profiles=tuple(profile for profile in found if profile is not None),
        is_last=not payload.get("tbc", False),
    )


def _limited(payload: Payload, _received_at: datetime) -> Event:
    limit = payload["chargingLimit"]
    found = (schedule_in(schedule) for schedule in payload.get("chargingSchedule", ()))
    return power.LimitNotified(
        evse_id=count(payload.get("evseId")) or 0,
        source=limit["chargingLimitSource"],
        is_grid_critical=limit.get("isGridCritical"),
        schedules=tuple(schedule for schedule in found if schedule is not None),
    )


def _unlimited(payload: Payload, _received_at: datetime) -> Event:
    return power.LimitCleared(payload["chargingLimitSource"], count(payload.get("evseId")))


def _needs(payload: Payload, _received_at: datetime) -> Event:
    needs = payload["chargingNeeds"]
    ac, dc = needs.get("acChargingParameters", {}), needs.get("dcChargingParameters", {})
    most_a = positive((ac or dc).get("evMaxCurrent"))
    return power.EvNeedsTold(
        evse_id=count(payload["evseId"]) or 0,
        mode=needs["requestedEnergyTransfer"],
        max_tuples=positive(payload.get("maxScheduleTuples")),
        departure_at=_instant(needs.get("departureTime")),
        energy_wh=positive((ac or dc).get("energyAmount")),
        most_w=positive(dc.get("evMaxPower")) or _power(dc),
        most_a=most_a,
        needs=needs,
    )


def _power(dc: Payload) -> float | None:
    """What a DC car takes at most where it tells current and voltage only."""
    most_a, most_v = positive(dc.get("evMaxCurrent")), positive(dc.get("evMaxVoltage"))
    return float(most_a * most_v) if most_a and most_v else None


def _ev_schedule(payload: Payload, received_at: datetime) -> Event:
    read = schedule_in(payload["chargingSchedule"])
    base_at = _instant(payload["timeBase"]) or received_at
    if received_at - base_at > timedelta(days=1):
        base_at = received_at
    return power.EvScheduleTold(
        evse_id=count(payload["evseId"]) or 0,
        base_at=base_at,
        schedule=read or ChargingSchedule("W", (Period(0, 0.0),)),
    )


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    power.ClearChargingProfile: _clear,
    power.GetCompositeSchedule: _composite,
    power.SetChargingProfile: _set,
}
NUMBERED: Mapping[type[Command], Callable[[Any, int], Written]] = {
    power.GetChargingProfiles: _get,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {
    "ClearChargingProfile": cleared,
    "GetCompositeSchedule": _composite_told,
}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "ClearedChargingLimit": _unlimited,
    "NotifyChargingLimit": _limited,
    "NotifyEVChargingNeeds": _needs,
    "NotifyEVChargingSchedule": _ev_schedule,
    "ReportChargingProfiles": _reported,
}
