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
    Period,
)
from apps.protocol.codec import Outcome
from apps.protocol.members import count, positive
from apps.protocol.outbound import plain_outcome
from apps.protocol.schedules import (
    cleared,
    composite_in,
    instant,
    profile_in,
    schedule_in,
    schedule_out,
    validity_out,
)

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
        departure_at=instant(needs.get("departureTime")),
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
    base_at = instant(payload["timeBase"]) or received_at
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
