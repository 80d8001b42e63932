"""Certificates and the security profile in OCPP 1.6 (security whitepaper, edition 2).

What is about vehicles it does not know: that goes as Plug & Charge says, see transfers.pnc.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apps.domain import certificates
from apps.domain.command import Command
from apps.domain.commands import ResetStation, SetVariables
from apps.domain.events import Event
from apps.domain.security import SetSecurityProfile
from apps.protocol import hashes, security_whitepaper
from apps.protocol.codec import Outcome
from apps.protocol.errors import CannotEncode
from apps.protocol.outbound import members, plain_outcome
from apps.protocol.transfers import pnc

KINDS = {
    "csms_root": "CentralSystemRootCertificate",
    "manufacturer_root": "ManufacturerRootCertificate",
}

Payload = dict[str, Any]
Written = tuple[str, Payload]


def steps(command: SetSecurityProfile) -> list[Command]:
    """The key, then a hard reset (A05)."""
    key = {"key": "SecurityProfile", "attributeValue": str(command.profile)}
    return [SetVariables((key,)), ResetStation("immediate")]


def one_kind_each(command: certificates.GetInstalledCertificates) -> list[Command]:
    """1.6 asks for one kind at a time; for those of vehicles only where they are named."""
    return [
        certificates.GetInstalledCertificates((kind,)) for kind in command.kinds or tuple(KINDS)
    ]


def reported(command: Command, payload: Payload) -> Outcome:
    """The answer does not repeat the kind that was asked for. NotFound: there is none."""
    kind = command.kinds[0] if isinstance(command, certificates.GetInstalledCertificates) else ""
    plain = plain_outcome(payload)
    found = members(payload.get("certificateHashData"))
    status = "accepted" if plain.detail == "NotFound" else plain.status
    facts = tuple(certificates.Installed(kind, hashes.read(data)) for data in found) if kind else ()
    return Outcome(status, plain.detail, facts=facts)


def _install(command: certificates.InstallCertificate) -> Written:
    if command.kind in pnc.KINDS:
        return pnc.write(command)
    payload = {"certificateType": _kind(command.kind), "certificate": command.certificate}
    return "InstallCertificate", payload


def _delete(command: certificates.DeleteCertificate) -> Written:
    if command.kind in pnc.KINDS:
        return pnc.write(command)
    return security_whitepaper.deletion_out(command)


def _installed_ids(command: certificates.GetInstalledCertificates) -> Written:
    if command.kinds[0] in pnc.KINDS:
        return pnc.write(command)
    return "GetInstalledCertificateIds", {"certificateType": _kind(command.kinds[0])}


def _signed(command: certificates.InstallSignedCertificate) -> Written:
    if command.kind == "v2g":
        return pnc.write(command)
    return "CertificateSigned", {"certificateChain": command.chain}


def _renew(command: certificates.RenewCertificate) -> Written:
    if command.kind == "v2g":
        return pnc.write(command)
    _only_station(command.kind)
    return "ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}


def _sign(payload: Payload, _received_at: datetime) -> Event:
    return certificates.CertificateRequested(payload["csr"])


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise CannotEncode(f"OCPP 1.6 knows no {kind} certificate; only {', '.join(KINDS)}")
    return KINDS[kind]


def _only_station(kind: str) -> None:
    if kind != "station":
        raise CannotEncode(f"an OCPP 1.6 station has no {kind} certificate")


WRITERS: Mapping[type[Command], Callable[[Any], Written]] = {
    certificates.DeleteCertificate: _delete,
    certificates.GetInstalledCertificates: _installed_ids,
    certificates.InstallCertificate: _install,
    certificates.InstallSignedCertificate: _signed,
    certificates.RenewCertificate: _renew,
}
READERS: Mapping[str, Callable[[Payload, datetime], Event]] = {"SignCertificate": _sign}
