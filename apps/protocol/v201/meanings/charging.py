"""What raw calls about sessions, limits and reservations say."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import power, reservations
from apps.domain.command import Command
from apps.domain.commands import StartSession, StopSession
from apps.domain.profiles import profile_json
from apps.protocol.schedules import profile_in

Payload = dict[str, Any]
Reader = Callable[[Payload], Command | None]


def _start(payload: Payload) -> Command | None:
    given = payload.get("chargingProfile")
    profile = profile_in(given) if given is not None else None
    if given is not None and profile is None:
        return None
    return StartSession(
        token=payload["idToken"]["idToken"],
        token_type=payload["idToken"]["type"],
        evse_id=payload.get("evseId"),
        remote_start_id=payload["remoteStartId"],
        charging_profile=profile_json(profile) if profile else None,
    )


def _set_profile(payload: Payload) -> Command | None:
    profile = profile_in(payload["chargingProfile"])
    if profile is None:
        return None
    return power.SetChargingProfile(payload["evseId"], profile_json(profile))


def _get_profiles(payload: Payload) -> Command:
    asked = payload["chargingProfile"]
    return power.GetChargingProfiles(
        evse_id=payload.get("evseId"),
        profile_ids=tuple(asked.get("chargingProfileId", ())),
        purpose=asked.get("chargingProfilePurpose"),
        stack_level=asked.get("stackLevel"),
        sources=tuple(asked.get("chargingLimitSource", ())),
    )


def _clear_profiles(payload: Payload) -> Command:
    asked = payload.get("chargingProfileCriteria", {})
    return power.ClearChargingProfile(
        profile_id=payload.get("chargingProfileId"),
        evse_id=asked.get("evseId"),
        purpose=asked.get("chargingProfilePurpose"),
        stack_level=asked.get("stackLevel"),
    )


def _composite(payload: Payload) -> Command:
    return power.GetCompositeSchedule(
        payload["evseId"], payload["duration"], payload.get("chargingRateUnit")
    )


def _reserve(payload: Payload) -> Command:
    return reservations.ReserveNow(
        token=payload["idToken"]["idToken"],
        token_type=payload["idToken"]["type"],
        expires_at=payload["expiryDateTime"],
        group=payload.get("groupIdToken", {}).get("idToken", ""),
        evse_id=payload.get("evseId"),
        connector_type=payload.get("connectorType", ""),
        reservation_id=payload["id"],
    )


READERS: Mapping[str, Reader] = {
    "CancelReservation": lambda p: reservations.CancelReservation(p["reservationId"]),
    "ClearChargingProfile": _clear_profiles,
    "GetChargingProfiles": _get_profiles,
    "GetCompositeSchedule": _composite,
    "RequestStartTransaction": _start,
    "RequestStopTransaction": lambda p: StopSession(p["transactionId"]),
    "ReserveNow": _reserve,
    "SetChargingProfile": _set_profile,
}
