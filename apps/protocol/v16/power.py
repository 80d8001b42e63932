"""Smart charging in OCPP 1.6: one schedule a profile, connectors for EVSEs, no reports."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import power
from apps.domain.command import Command
from apps.domain.profiles import MAX, ChargingProfile
from apps.protocol.codec import Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import plain_outcome
from apps.protocol.schedules import cleared, composite_in, schedule_out, validity_out

PURPOSES = {MAX: "ChargePointMaxProfile"}

Payload = dict[str, Any]
Written = tuple[str, Payload]


def profile_out(profile: ChargingProfile) -> Payload:
    """The ChargingProfile of 1.6; CannotEncode where it has no word for something."""
    if len(profile.schedules) != 1:
        raise CannotEncode("a charging profile of OCPP 1.6 has exactly one schedule")
    if any(period.phase_to_use for period in profile.schedules[0].periods):
        raise CannotEncode("OCPP 1.6 cannot choose the phase to use")
    written: Payload = {
        "chargingProfileId": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": PURPOSES.get(profile.purpose, profile.purpose),
        "chargingProfileKind": profile.kind,
        "chargingSchedule": schedule_out(profile.schedules[0]),
    }
    if profile.recurrency:
        written["recurrencyKind"] = profile.recurrency
    if profile.transaction_id:
        written["transactionId"] = _number(profile.transaction_id)
    return written | validity_out(profile)


def _number(transaction_id: str) -> int:
    if not transaction_id.isdecimal():
        raise CannotEncode(f"{transaction_id!r} is no transaction id of OCPP 1.6")
    return int(transaction_id)


def _set(command: power.SetChargingProfile) -> Written:
    profile = profile_out(command.charging_profile())
    return "SetChargingProfile", {"connectorId": command.evse_id, "csChargingProfiles": profile}


def _clear(command: power.ClearChargingProfile) -> Written:
    """No member at all clears every profile (1.6 §5.5)."""
    purpose = command.purpose
    named = {
        "id": command.profile_id,
        "connectorId": command.evse_id,
        "chargingProfilePurpose": None if purpose is None else PURPOSES.get(purpose, purpose),
        "stackLevel": command.stack_level,
    }
    return "ClearChargingProfile", {k: v for k, v in named.items() if v is not None}


def _composite(command: power.GetCompositeSchedule) -> Written:
    payload: Payload = {"connectorId": command.evse_id, "duration": command.duration_s}
    if command.unit is not None:
        payload["chargingRateUnit"] = command.unit
    return "GetCompositeSchedule", payload


def _composite_told(payload: Payload) -> Outcome:
    """Some charge points say the beginning only inside the schedule."""
    plain, schedule = plain_outcome(payload), payload.get("chargingSchedule")
    if not isinstance(schedule, dict):
        return plain
    start = payload.get("scheduleStart") or schedule.get("startSchedule")
    read = composite_in(schedule, start, payload.get("connectorId"))
    return Outcome(plain.status, plain.detail, facts=(read,) if read else ())


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    power.ClearChargingProfile: _clear,
    power.GetCompositeSchedule: _composite,
    power.SetChargingProfile: _set,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {
    "ClearChargingProfile": cleared,
    "GetCompositeSchedule": _composite_told,
}
REASONS: Mapping[type[Command], str] = {
    power.GetChargingProfiles: "A station with OCPP 1.6 cannot tell which profiles it holds",
}
