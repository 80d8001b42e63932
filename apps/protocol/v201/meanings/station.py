"""What raw calls about a station and its device model say."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain import authorization, device, maintenance
from apps.domain.command import Command
from apps.domain.commands import (
    ChangeAvailability,
    GetTransactionStatus,
    GetVariables,
    ResetStation,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
)
from apps.protocol.hashes import read as read_hash
from apps.protocol.v201.device import BASES, MONITORING_BASES

Payload = dict[str, Any]
Reader = Callable[[Payload], Command | None]

_BASES = {word: base for base, word in BASES.items()}
_MONITORING_BASES = {word: base for base, word in MONITORING_BASES.items()}


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


def _place(payload: Payload) -> tuple[int | None, int | None]:
    evse = payload.get("evse", {})
    return evse.get("id"), evse.get("connectorId")


def _report(payload: Payload) -> Command:
    criteria = payload.get("componentCriteria", ())
    return device.GetReport(tuple(word.lower() for word in criteria), _variables(payload))


def _monitoring_report(payload: Payload) -> Command:
    words = payload.get("monitoringCriteria", ())
    criteria = tuple(word.removesuffix("Monitoring").lower() for word in words)
    return device.GetMonitoringReport(criteria, _variables(payload))


def _variables(payload: Payload) -> tuple[Payload, ...]:
    return tuple(payload.get("componentVariable", ()))


def _customer(payload: Payload) -> Command:
    token, certificate = payload.get("idToken"), payload.get("customerCertificate")
    whom: Payload = {"customer": payload.get("customerIdentifier", "")}
    if token:
        whom |= {"token": token["idToken"], "token_type": token["type"]}
    if certificate:
        named = read_hash(certificate)
        whom["certificate"] = {
            "hash_algorithm": named.hash_algorithm,
            "issuer_name_hash": named.issuer_name_hash,
            "issuer_key_hash": named.issuer_key_hash,
            "serial_number": named.serial_number,
        }
    return device.CustomerInformation(payload["report"], payload["clear"], **whom)


def _send_list(payload: Payload) -> Command:
    return authorization.SendLocalList(
        "full" if payload["updateType"] == "Full" else "differential",
        payload["versionNumber"],
        tuple(map(_entry, payload.get("localAuthorizationList", ()))),
    )


def _entry(item: Payload) -> Payload:
    """An entry as our own lists have it: what is not said is left out."""
    entry = {"uid": item["idToken"]["idToken"], "type": item["idToken"]["type"]}
    info = item.get("idTokenInfo")
    if info is None:
        return entry | {"remove": True}
    told = {
        "status": info["status"],
        "group": info.get("groupIdToken", {}).get("idToken"),
        "expires_at": info.get("cacheExpiryDateTime"),
        "language": info.get("language1"),
        "personal_message": info.get("personalMessage", {}).get("content"),
        "charging_priority": info.get("chargingPriority"),
    }
    return entry | {name: value for name, value in told.items() if value}


READERS: Mapping[str, Reader] = {
    "ChangeAvailability": _availability,
    "ClearCache": lambda _: authorization.ClearCache(),
    "ClearVariableMonitoring": lambda p: maintenance.ClearMonitors(tuple(p["id"])),
    "GetLocalListVersion": lambda _: authorization.GetLocalListVersion(),
    "GetTransactionStatus": _status,
    "GetVariables": lambda p: GetVariables(tuple(p["getVariableData"])),
    "Reset": _reset,
    "SendLocalList": _send_list,
    "SetVariableMonitoring": lambda p: maintenance.SetMonitors(tuple(p["setMonitoringData"])),
    "SetVariables": lambda p: SetVariables(tuple(p["setVariableData"])),
    "TriggerMessage": _trigger,
    "UnlockConnector": lambda p: UnlockConnector(p["evseId"], p["connectorId"]),
    "CustomerInformation": _customer,
    "GetBaseReport": lambda p: device.ReadDeviceModel(_BASES[p["reportBase"]]),
    "GetMonitoringReport": _monitoring_report,
    "GetReport": _report,
    "SetMonitoringBase": lambda p: device.SetMonitoringBase(_MONITORING_BASES[p["monitoringBase"]]),
    "SetMonitoringLevel": lambda p: device.SetMonitoringLevel(p["severity"]),
}
