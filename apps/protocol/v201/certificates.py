"""Certificates and network profiles in OCPP 2.0.1 (blocks A and M, C07)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain import certificates
from apps.domain.answers import Answer
from apps.domain.command import Command
from apps.domain.commands import ResetStation, SetVariables
from apps.domain.events import Event, Token, TokenPresented
from apps.domain.security import SetNetworkProfile, SetSecurityProfile
from apps.protocol import hashes, security_whitepaper
from apps.protocol.codec import Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import members, plain_outcome

KINDS = {
    "csms_root": "CSMSRootCertificate",
    "manufacturer_root": "ManufacturerRootCertificate",
    "v2g_root": "V2GRootCertificate",
    "mo_root": "MORootCertificate",
    "v2g_chain": "V2GCertificateChain",
}
OWN_KINDS = {"station": "ChargingStationCertificate", "v2g": "V2GCertificate"}
TRIGGERS = {
    "station": "SignChargingStationCertificate",
    "v2g": "SignV2GCertificate",
    "combined": "SignCombinedCertificate",
}
_KINDS_BACK = {word: kind for kind, word in KINDS.items()}
_OWN_BACK = {word: kind for kind, word in OWN_KINDS.items()}
_MAX_OCSP = 5500
_MAX_EXI = 7500
_PRIORITY = {
    "component": {"name": "OCPPCommCtrlr"},
    "variable": {"name": "NetworkConfigurationPriority"},
}

Payload = dict[str, Any]
Written = tuple[str, Payload]


def steps(command: SetSecurityProfile) -> list[Command]:
    """The slot, its priority, a reset (A05; the version is OCPP20, 2.0.1 knows no other)."""
    if not command.url:
        raise CannotEncode("A slot of OCPP 2.0.1 holds the address of the system: give its 'url'")
    slot = SetNetworkProfile(
        command.slot, command.profile, command.url, command.interface, command.message_timeout_s
    )
    priority = {**_PRIORITY, "attributeValue": command.priority or str(command.slot)}
    return [slot, SetVariables((priority,)), ResetStation("on_idle")]


def _install(command: certificates.InstallCertificate) -> Written:
    payload = {"certificateType": KINDS[command.kind], "certificate": command.certificate}
    return "InstallCertificate", payload


def _installed_ids(command: certificates.GetInstalledCertificates) -> Written:
    kinds = [KINDS[kind] for kind in command.kinds]
    return "GetInstalledCertificateIds", {"certificateType": kinds} if kinds else {}


def _signed(command: certificates.InstallSignedCertificate) -> Written:
    payload = {"certificateChain": command.chain}
    if command.is_named:
        payload["certificateType"] = OWN_KINDS[command.kind]
    return "CertificateSigned", payload


def _renew(command: certificates.RenewCertificate) -> Written:
    return "TriggerMessage", {"requestedMessage": TRIGGERS[command.kind]}


def _network_profile(command: SetNetworkProfile) -> Written:
    if not command.url:
        raise CannotEncode("'url' is required: the address in the slot")
    data = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": command.url,
        "messageTimeout": command.message_timeout_s,
        "securityProfile": command.profile,
        "ocppInterface": command.interface,
    }
    return "SetNetworkProfile", {"configurationSlot": command.slot, "connectionData": data}


def _reported(payload: Payload) -> Outcome:
    """NotFound is an answer too: there is none."""
    plain = plain_outcome(payload)
    chains = members(payload.get("certificateHashDataChain"))
    facts = tuple(fact for chain in chains if (fact := _chain(chain)) is not None)
    status = "accepted" if plain.detail == "NotFound" else plain.status
    return Outcome(status, plain.detail, facts=facts)


def _chain(chain: Payload) -> certificates.Installed | None:
    kind, data = (
        _KINDS_BACK.get(str(chain.get("certificateType"))),
        chain.get("certificateHashData"),
    )
    if kind is None or not isinstance(data, dict):
        return None
    children = members(chain.get("childCertificateHashData"))
    return certificates.Installed(kind, hashes.read(data), tuple(map(hashes.read, children)))


def _sign(payload: Payload, _received_at: datetime) -> Event:
    named = payload.get("certificateType", "")
    kind = _OWN_BACK.get(named, "station")
    return certificates.CertificateRequested(payload["csr"], kind, is_named=bool(named))


def _status_asked(payload: Payload, _received_at: datetime) -> Event:
    return certificates.CertificateStatusAsked(_target(payload["ocspRequestData"]))


def _authorize(payload: Payload, _received_at: datetime) -> Event:
    presented = payload["idToken"]
    token = Token(presented["idToken"], presented["type"])
    targets = tuple(map(_target, members(payload.get("iso15118CertificateHashData"))))
    certificate = payload.get("certificate") or ""
    if not targets and not certificate:
        return TokenPresented(token)
    return certificates.ContractPresented(token, certificate, targets)


def _ev_certificate(payload: Payload, _received_at: datetime) -> Event:
    return certificates.EvCertificateAsked(
        payload["iso15118SchemaVersion"], payload["action"], payload["exiRequest"]
    )


def _target(data: Payload) -> certificates.OcspTarget:
    return certificates.OcspTarget(hashes.read(data), str(data.get("responderURL", "")))


def _status_answer(answer: Answer) -> Payload:
    """What is too long for the message cannot be told: Failed."""
    response = answer.response if isinstance(answer, certificates.CertificateStatusAnswer) else ""
    if 0 < len(response) <= _MAX_OCSP:
        return {"status": "Accepted", "ocspResult": response}
    return {"status": "Failed"}


def _ev_certificate_answer(answer: Answer) -> Payload:
    told = (
        answer
        if isinstance(answer, certificates.EvCertificateAnswer)
        else certificates.EvCertificateAnswer()
    )
    if len(told.exi_response) > _MAX_EXI:
        return {"status": "Failed", "exiResponse": ""}
    return {"status": told.status, "exiResponse": told.exi_response}


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    certificates.DeleteCertificate: security_whitepaper.deletion_out,
    certificates.GetInstalledCertificates: _installed_ids,
    certificates.InstallCertificate: _install,
    certificates.InstallSignedCertificate: _signed,
    certificates.RenewCertificate: _renew,
    SetNetworkProfile: _network_profile,
}
OUTCOMES: Mapping[str, Callable[[Payload], Outcome]] = {"GetInstalledCertificateIds": _reported}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {
    "Authorize": _authorize,
    "Get15118EVCertificate": _ev_certificate,
    "GetCertificateStatus": _status_asked,
    "SignCertificate": _sign,
}
ANSWERS: Mapping[str, Callable[[Answer], Payload]] = {
    "Get15118EVCertificate": _ev_certificate_answer,
    "GetCertificateStatus": _status_answer,
}
