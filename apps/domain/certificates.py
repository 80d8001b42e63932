"""Certificates and security profiles: what stations ask for, what we tell them and answer.

Kinds of installed certificates: csms_root, manufacturer_root, v2g_root, mo_root and (reported
only) v2g_chain. Kinds of a station's own certificate: station, v2g.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.domain.answers import Answer, TokenAnswer
from apps.domain.command import BadParameters, Command, Declaration, WhilePending, always, check
from apps.domain.confirmation import A_WHILE_S, ByAnswer, ByEvent, Followed, never
from apps.domain.events import Event, TokenPresented
from apps.domain.permissions import Permission

ROOT_KINDS = ("csms_root", "manufacturer_root", "v2g_root", "mo_root")
CONTRACT_ROOTS = ("v2g_root", "mo_root")  # what drivers' contracts may end in
INSTALLED_KINDS = (*ROOT_KINDS, "v2g_chain")
OWN_KINDS = ("station", "v2g")
RENEWED_KINDS = (*OWN_KINDS, "combined")
HASHES = ("SHA256", "SHA384", "SHA512")
MAX_CERTIFICATE = 5500
_BEGIN = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class CertificateHash:
    """How OCPP names a certificate; all but the algorithm are hexadecimal."""

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


@dataclass(frozen=True, slots=True)
class Installed:
    """A certificate that a station says it holds."""

    kind: str
    hash: CertificateHash
    children: tuple[CertificateHash, ...] = ()


@dataclass(frozen=True, slots=True)
class OcspTarget:
    """A certificate, and who knows whether it has been revoked."""

    hash: CertificateHash
    responder_url: str


@dataclass(frozen=True, slots=True)
class InstallCertificate(Command):
    """Put a root into a station. ``certificate``: one PEM certificate."""

    declared = Declaration(
        name="install_certificate", noun="Install certificate", title=always("Install certificate"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    kind: str
    certificate: str

    def __post_init__(self) -> None:
        problems = _unknown("kind", (self.kind,), ROOT_KINDS)
        if not self.certificate.strip().startswith(_BEGIN):
            problems.append(f"'certificate' must be PEM text that begins with {_BEGIN}")
        if len(self.certificate) > MAX_CERTIFICATE:
            problems.append(f"'certificate' must have at most {MAX_CERTIFICATE} characters")
        check(problems)


@dataclass(frozen=True, slots=True)
class DeleteCertificate(Command):
    """The hash data as the station reported it, of the same algorithm (M04.FR.07).

    ``kind``: which kind it reported, where the way to the station depends on it (1.6).
    """

    declared = Declaration(
        name="delete_certificate", noun="Delete certificate", title=always("Delete certificate"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
    kind: str = ""

    def __post_init__(self) -> None:
        problems = _unknown("hash_algorithm", (self.hash_algorithm,), HASHES)
        if self.kind:
            problems += _unknown("kind", (self.kind,), INSTALLED_KINDS)
        check(problems)


@dataclass(frozen=True, slots=True)
class GetInstalledCertificates(Command):
    """No kinds: all."""

    declared = Declaration(
        name="get_installed_certificates", noun="Get installed certificates",
        title=always("Get installed certificates"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    kinds: Sequence[str] = ()

    def __post_init__(self) -> None:
        if isinstance(self.kinds, str):
            raise BadParameters(["'kinds' must be a list of words"])
        check(_unknown("kinds", self.kinds, INSTALLED_KINDS))


@dataclass(frozen=True, slots=True)
class InstallSignedCertificate(Command):
    """The chain (PEM, leaf first, no root) that answers a station's request.

    ``is_named``: whether the message says the kind; see ``CertificateRequested``.
    """

    declared = Declaration(
        name="install_signed_certificate", noun="Install signed certificate",
        title=always("Install signed certificate"),
        permission=Permission.ENGINEER, confirmed_by=ByAnswer(),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=False,
    )  # fmt: skip

    chain: str
    kind: str = "station"
    issued_id: int = 0
    is_named: bool = True

    def __post_init__(self) -> None:
        check(_unknown("kind", (self.kind,), OWN_KINDS))


@dataclass(frozen=True, slots=True)
class CertificateRequested(Event):
    """A station wants its key certified. ``chain`` and ``problem`` are found on the way in.

    ``is_named``: it has said for what; else its certificate comes without a kind, too (C-02).
    """

    csr: str
    kind: str = "station"
    chain: str = ""
    problem: str = ""
    is_named: bool = True


def _asked(command: Followed, event: CertificateRequested) -> str:
    is_wanted = command.parameters["kind"] in (event.kind, "combined")
    return "The station asked for a certificate" if is_wanted else ""


@dataclass(frozen=True, slots=True)
class RenewCertificate(Command):
    """Have the station ask for a new certificate of its own; "combined" serves both uses."""

    declared = Declaration(
        name="renew_certificate", noun="Renew certificate", title=always("Renew certificate"),
        permission=Permission.ENGINEER,
        confirmed_by=ByEvent(
            awaits="the station to ask for it", patience_s=None, late_s=A_WHILE_S,
            is_answer_enough=never,
            signs=(CertificateRequested,),
            shows=_asked,
        ),
        while_pending=WhilePending.SETS_UP, limited_as="", is_stepwise=False, is_for_many=True,
    )  # fmt: skip

    kind: str = "station"

    def __post_init__(self) -> None:
        check(_unknown("kind", (self.kind,), RENEWED_KINDS))


@dataclass(frozen=True, slots=True)
class CertificateStatusAsked(Event):
    """``response``: DER of the OCSP response, base64; "" where there was none."""

    target: OcspTarget
    response: str = ""


@dataclass(frozen=True, slots=True)
class ContractPresented(TokenPresented):
    """A token with its contract certificate, or the hash data of its chain.

    ``verdict``: good | expired | revoked | unverifiable, found on the way in.
    """

    certificate: str = ""
    targets: tuple[OcspTarget, ...] = ()
    verdict: str = "unverifiable"


@dataclass(frozen=True, slots=True)
class EvCertificateAsked(Event):
    """A vehicle's certificate request, relayed as it is. ``action``: Install | Update."""

    schema_version: str
    action: str
    exi_request: str
    status: str = "Failed"
    exi_response: str = ""


@dataclass(frozen=True, slots=True)
class CertificateStatusAnswer(Answer):
    """``response`` "" means that the status could not be had."""

    response: str = ""


@dataclass(frozen=True, slots=True)
class EvCertificateAnswer(Answer):
    status: str = "Failed"
    exi_response: str = ""


@dataclass(frozen=True, slots=True)
class ContractAnswer(TokenAnswer):
    """``certificate_status``: OCPP 2.0.1 AuthorizeCertificateStatusEnumType."""

    certificate_status: str = "CertChainError"


def _unknown(name: str, given: Sequence[str], known: Sequence[str]) -> list[str]:
    return [
        f"{name!r} must be one of {', '.join(known)}, not {word!r}"
        for word in given
        if word not in known
    ]
