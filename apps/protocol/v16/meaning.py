"""What a raw OCPP 1.6 call says in our words: the inverse of the writers.

A reader gets a payload that its schema accepts. BadParameters, or None, where our words cannot
say it; the call is sent all the same, only nothing is concluded from it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import authorization, certificates, maintenance, power, reservations, transfers
from apps.domain.command import Command
from apps.domain.commands import (
    ChangeAvailability,
    GetVariables,
    ResetStation,
    SetVariables,
    StartSession,
    StopSession,
    TriggerMessage,
    UnlockConnector,
)
from apps.domain.profiles import ChargingProfile, profile_json
from apps.protocol import security_whitepaper
from apps.protocol.schedules import profile_in
from apps.protocol.v16.certificates import KINDS
from apps.protocol.v16.power import PURPOSES

Payload = dict[str, Any]
Reader = Callable[[Payload], Command | None]

_CERTIFICATE_KINDS = {word: kind for kind, word in KINDS.items()}
_PURPOSES_BACK = {word: purpose for purpose, word in PURPOSES.items()}


def meaning(action: str, payload: Payload) -> Command | None:
    """The command that the call says; None where there are no words for it."""
    reader = _READERS.get(action)
    return reader(payload) if reader else None


def _start(payload: Payload) -> Command | None:
    given = payload.get("chargingProfile")
    profile = _profile(given) if given is not None else None
    if given is not None and profile is None:
        return None
    return StartSession(
        token=payload["idTag"],
        evse_id=payload.get("connectorId"),
        charging_profile=profile_json(profile) if profile else None,
    )


def _availability(payload: Payload) -> Command:
    return ChangeAvailability(payload["type"] == "Operative", payload["connectorId"] or None)


def _trigger(payload: Payload) -> Command:
    return TriggerMessage(payload["requestedMessage"], payload.get("connectorId"))


def _get(payload: Payload) -> Command:
    keys = payload.get("key", ())
    return GetVariables(tuple({"variable": {"name": key}} for key in keys))


def _set(payload: Payload) -> Command:
    return SetVariables(
        ({"variable": {"name": payload["key"]}, "attributeValue": payload["value"]},)
    )


def _update(payload: Payload) -> Command:
    return maintenance.UpdateFirmware(
        location=payload["location"], retrieve_at=payload["retrieveDate"], **_retrying(payload)
    )


def _signed_update(payload: Payload) -> Command:
    firmware = payload["firmware"]
    return maintenance.UpdateFirmware(
        location=firmware["location"],
        retrieve_at=firmware["retrieveDateTime"],
        install_at=firmware.get("installDateTime"),
        signing_certificate=firmware["signingCertificate"],
        signature=firmware["signature"],
        **_retrying(payload),
    )


def _diagnostics(payload: Payload) -> Command:
    return maintenance.GetLog(
        location=payload["location"],
        oldest_at=payload.get("startTime"),
        latest_at=payload.get("stopTime"),
        **_retrying(payload),
    )


def _set_profile(payload: Payload) -> Command | None:
    profile = _profile(payload["csChargingProfiles"])
    if profile is None:
        return None
    return power.SetChargingProfile(payload["connectorId"], profile_json(profile))


def _clear_profiles(payload: Payload) -> Command:
    purpose = payload.get("chargingProfilePurpose")
    return power.ClearChargingProfile(
        profile_id=payload.get("id"),
        evse_id=payload.get("connectorId"),
        purpose=_PURPOSES_BACK.get(purpose, purpose) if purpose else None,
        stack_level=payload.get("stackLevel"),
    )


def _composite(payload: Payload) -> Command:
    return power.GetCompositeSchedule(
        payload["connectorId"], payload["duration"], payload.get("chargingRateUnit")
    )


def _reserve(payload: Payload) -> Command:
    return reservations.ReserveNow(
        token=payload["idTag"],
        expires_at=payload["expiryDate"],
        group=payload.get("parentIdTag", ""),
        evse_id=payload["connectorId"] or None,
        reservation_id=payload["reservationId"],
    )


def _profile(given: Payload) -> ChargingProfile | None:
    """In the members of 2.0.1: another name for the id and a purpose, one schedule."""
    purpose, transaction = given["chargingProfilePurpose"], given.get("transactionId")
    renamed = {
        "id": given["chargingProfileId"],
        "chargingProfilePurpose": _PURPOSES_BACK.get(purpose, purpose),
        "chargingSchedule": [{"id": 1} | given["chargingSchedule"]],
        "transactionId": "" if transaction is None else str(transaction),
    }
    return profile_in(given | renamed)


def _retrying(payload: Payload) -> Payload:
    return {"retries": payload.get("retries"), "retry_interval_s": payload.get("retryInterval")}


def _send_list(payload: Payload) -> Command:
    return authorization.SendLocalList(
        "full" if payload["updateType"] == "Full" else "differential",
        payload["listVersion"],
        tuple(map(_entry, payload.get("localAuthorizationList", ()))),
    )


def _entry(item: Payload) -> Payload:
    """An entry as our own lists have it; a tag has no type, so it is a card."""
    entry = {"uid": item["idTag"], "type": "ISO14443"}
    info = item.get("idTagInfo")
    if info is None:
        return entry | {"remove": True}
    told = {
        "status": info["status"],
        "group": info.get("parentIdTag"),
        "expires_at": info.get("expiryDate"),
    }
    return entry | {name: value for name, value in told.items() if value}


_READERS: Mapping[str, Reader] = {
    "CancelReservation": lambda p: reservations.CancelReservation(p["reservationId"]),
    "ChangeAvailability": _availability,
    "ChangeConfiguration": _set,
    "ClearCache": lambda _: authorization.ClearCache(),
    "ClearChargingProfile": _clear_profiles,
    "DataTransfer": lambda p: transfers.TransferData(
        p["vendorId"], p.get("messageId", ""), p.get("data")
    ),
    "DeleteCertificate": security_whitepaper.deletion_in,
    "ExtendedTriggerMessage": _trigger,
    "GetCompositeSchedule": _composite,
    "GetConfiguration": _get,
    "GetDiagnostics": _diagnostics,
    "GetInstalledCertificateIds": lambda p: certificates.GetInstalledCertificates(
        (_CERTIFICATE_KINDS[p["certificateType"]],)
    ),
    "GetLocalListVersion": lambda _: authorization.GetLocalListVersion(),
    "GetLog": security_whitepaper.log_in,
    "InstallCertificate": lambda p: certificates.InstallCertificate(
        _CERTIFICATE_KINDS[p["certificateType"]], p["certificate"]
    ),
    "RemoteStartTransaction": _start,
    "RemoteStopTransaction": lambda p: StopSession(str(p["transactionId"])),
    "ReserveNow": _reserve,
    "Reset": lambda p: ResetStation("immediate" if p["type"] == "Hard" else "on_idle"),
    "SendLocalList": _send_list,
    "SetChargingProfile": _set_profile,
    "SignedUpdateFirmware": _signed_update,
    "TriggerMessage": _trigger,
    "UnlockConnector": lambda p: UnlockConnector(p["connectorId"], 1),
    "UpdateFirmware": _update,
}
