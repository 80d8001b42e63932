"""What a raw OCPP 2.0.1 call says in our words: the inverse of the writers.

A reader gets a payload that its schema accepts. BadParameters, or None, where our words cannot
say it; the call is sent all the same, only nothing is concluded from it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import authorization, maintenance, pki, power, reservations
from apps.domain.command import Command
from apps.domain.commands import (
    ChangeAvailability,
    GetTransactionStatus,
    GetVariables,
    ResetStation,
    SetVariables,
    StartSession,
    StopSession,
    TriggerMessage,
    UnlockConnector,
)
from apps.domain.profiles import profile_json
from apps.protocol.hashes import read as read_hash
from apps.protocol.v201.maintenance import LOG_TYPES
from apps.protocol.v201.pki import KINDS
from apps.protocol.v201.power import profile_in

Payload = dict[str, Any]
Reader = Callable[[Payload], Command | None]

_LOG_KINDS = {word: kind for kind, word in LOG_TYPES.items()}
_CERTIFICATE_KINDS = {word: kind for kind, word in KINDS.items()}


def meaning(action: str, payload: Payload) -> Command | None:
    """The command that the call says; None where there are no words for it."""
    reader = _READERS.get(action)
    return reader(payload) if reader else None


def certificate_deleted(payload: Payload) -> Command:
    named = read_hash(payload["certificateHashData"])
    return pki.DeleteCertificate(
        named.hash_algorithm, named.issuer_name_hash, named.issuer_key_hash, named.serial_number
    )


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


def _reset(payload: Payload) -> Command:
    mode = "immediate" if payload["type"] == "Immediate" else "on_idle"
    return ResetStation(mode, payload.get("evseId"))


def _availability(payload: Payload) -> Command:
    return ChangeAvailability(payload["operationalStatus"] == "Operative", *_place(payload))


def _trigger(payload: Payload) -> Command:
    return TriggerMessage(payload["requestedMessage"], *_place(payload))


def _status(payload: Payload) -> Command | None:
    named = payload.get("transactionId")
    return GetTransactionStatus(named) if named else None


def _update(payload: Payload) -> Command:
    firmware = payload["firmware"]
    return maintenance.UpdateFirmware(
        location=firmware["location"],
        retrieve_at=firmware["retrieveDateTime"],
        install_at=firmware.get("installDateTime"),
        signing_certificate=firmware.get("signingCertificate"),
        signature=firmware.get("signature"),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
    )


def _log(payload: Payload) -> Command:
    log = payload["log"]
    return maintenance.GetLog(
        kind=_LOG_KINDS[payload["logType"]],
        location=log["remoteLocation"],
        oldest_at=log.get("oldestTimestamp"),
        latest_at=log.get("latestTimestamp"),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
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


def _install(payload: Payload) -> Command:
    kind = _CERTIFICATE_KINDS[payload["certificateType"]]
    return pki.InstallCertificate(kind, payload["certificate"])


def _installed(payload: Payload) -> Command:
    kinds = payload.get("certificateType", ())
    return pki.GetInstalledCertificates(tuple(_CERTIFICATE_KINDS[kind] for kind in kinds))


def _network_profile(payload: Payload) -> Command:
    data = payload["connectionData"]
    return pki.SetNetworkProfile(
        slot=payload["configurationSlot"],
        profile=data["securityProfile"],
        url=data["ocppCsmsUrl"],
        interface=data["ocppInterface"],
        message_timeout_s=data["messageTimeout"],
    )


def _place(payload: Payload) -> tuple[int | None, int | None]:
    evse = payload.get("evse", {})
    return evse.get("id"), evse.get("connectorId")


_READERS: Mapping[str, Reader] = {
    "CancelReservation": lambda p: reservations.CancelReservation(p["reservationId"]),
    "ChangeAvailability": _availability,
    "ClearCache": lambda _: authorization.ClearCache(),
    "ClearChargingProfile": _clear_profiles,
    "ClearVariableMonitoring": lambda p: maintenance.ClearMonitors(tuple(p["id"])),
    "DeleteCertificate": certificate_deleted,
    "GetChargingProfiles": _get_profiles,
    "GetCompositeSchedule": _composite,
    "GetInstalledCertificateIds": _installed,
    "GetLocalListVersion": lambda _: authorization.GetLocalListVersion(),
    "GetLog": _log,
    "GetTransactionStatus": _status,
    "GetVariables": lambda p: GetVariables(tuple(p["getVariableData"])),
    "InstallCertificate": _install,
    "RequestStartTransaction": _start,
    "RequestStopTransaction": lambda p: StopSession(p["transactionId"]),
    "ReserveNow": _reserve,
    "Reset": _reset,
    "SetChargingProfile": _set_profile,
    "SetNetworkProfile": _network_profile,
    "SetVariableMonitoring": lambda p: maintenance.SetMonitors(tuple(p["setMonitoringData"])),
    "SetVariables": lambda p: SetVariables(tuple(p["setVariableData"])),
    "TriggerMessage": _trigger,
    "UnlockConnector": lambda p: UnlockConnector(p["evseId"], p["connectorId"]),
    "UpdateFirmware": _update,
}
