"""Our own certificate authorities, and the shape of any other.

One signs what stations show to us, another what they show to vehicles (V2G, ISO 15118). The key,
the certificate and the root of each are in OCPP_PKI_AUTHORITY and OCPP_PKI_V2G_AUTHORITY, or are
made on first use in ``var/pki``: a root whose key signs once, and an issuing certificate below it.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from django.conf import settings

from apps.certificates import chain

SKEW = timedelta(hours=1)  # clocks of stations run late (C-05)
_CENTURY = timedelta(days=36500)
_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL
)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class CannotIssue(Exception):
    """The authority will not or cannot sign this; the message says why."""


class Issuer(Protocol):
    """Whoever signs: ours, or one behind a network.

    ``kind`` is the certificateType of OCPP 2.0.1. The chain is leaf first, without the root.
    """

    def sign(
        self, request: x509.CertificateSigningRequest, kind: str, now: datetime
    ) -> list[x509.Certificate]: ...


@dataclass(frozen=True)
class Authority:
    """Signs with ``key``, whose certificate is the first of ``chain``; the last is the root."""

    key: Key
    chain: tuple[x509.Certificate, ...]

    @property
    def root(self) -> x509.Certificate:
        return self.chain[-1]

    def sign(
        self, request: x509.CertificateSigningRequest, kind: str, now: datetime
    ) -> list[x509.Certificate]:
        """A certificate for the request's key and subject (C-03), and what leads to the root."""
        until = min(
            now + timedelta(days=settings.OCPP_PKI_VALIDITY_D), self.chain[0].not_valid_after_utc
        )
        if until <= now:
            raise CannotIssue("The authority's own certificate has expired.")
        usage = _usage(signs=False, agrees=kind == "V2GCertificate")
        leaf = (
            x509.CertificateBuilder()
            .subject_name(request.subject)
            .issuer_name(self.chain[0].subject)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - SKEW)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(request.public_key()), False)
            .add_extension(_authority_key(self.chain[0]), False)
            .sign(self.key, SHA256())
        )
        below_root = [c for c in self.chain if c.subject != c.issuer]
        return [leaf, *below_root]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an authority is kept: the setting that names its file, the file that is made, names."""

    setting: str
    file: str
    name: str
    issuing_name: str


PLACES = {
    "station": Place(
        "OCPP_PKI_AUTHORITY", "authority.pem", "OCPP platform root", "OCPP platform stations"
    ),
    "v2g": Place(
        "OCPP_PKI_V2G_AUTHORITY", "v2g.pem", "OCPP platform V2G root", "OCPP platform V2G"
    ),
}


def load(kind: str = "station") -> Authority:
    """The one that signs ``kind`` (station | v2g); made when there is none yet."""
    place = PLACES[kind]
    given = getattr(settings, place.setting)
    path = Path(given or settings.VAR / "pki" / place.file)
    if not path.exists():
        if given:
            raise CannotIssue(f"{place.setting}: {path} does not exist.")
        _make(path, place)
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, _changed_at: int) -> Authority:
    text = path.read_text()
    found = _KEY.search(text)
    try:
        certificates = chain.read_pem(text)
        key = load_pem_private_key(found[0].encode(), None) if found else None
    except ValueError as error:
        raise CannotIssue(f"{path}: {error}") from error
    if not isinstance(key, Key):
        raise CannotIssue(f"{path}: no RSA or EC private key in it.")
    if chain.key_of(certificates[0]) != _public(key):
        raise CannotIssue(f"{path}: the first certificate is not that of the key.")
    return Authority(key, tuple(certificates))


def _make(path: Path, place: Place) -> None:
    """Write a new authority, unless another process has done so at the same time."""
    now = datetime.now(UTC)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certify(place.name, root_key, None, root_key, now)
    issuing = _certify(place.issuing_name, key, root, root_key, now)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:
        draft.write(text + chain.write_pem([issuing, root]))
        draft.flush()
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return


def _certify(
    name: str, key: Key, issuer: x509.Certificate | None, signing_key: Key, now: datetime
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    public = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + _CENTURY / (4 if issuer is None else 10))
        .add_extension(x509.BasicConstraints(ca=True, path_length=1 if issuer is None else 0), True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(_authority_key(issuer), critical=False)
    return builder.sign(signing_key, SHA256())


def _usage(*, signs: bool, agrees: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=agrees,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())  # type: ignore[arg-type]


def _public(key: Key) -> bytes:
    from cryptography.hazmat.primitives.serialization import PublicFormat

    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
