"""What a chain of certificates is worth, and what stands in its first one. Pure.

A chain is leaf first. Extended key usage is not asked for: stations' certificates may lack it
(OCPP 2.0.1 part 2, A00.FR.513, 514).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from OpenSSL.crypto import (
    X509,
    X509Store,
    X509StoreContext,
    X509StoreContextError,
    X509StoreFlags,
)

GOOD, EXPIRED, UNTRUSTED, REVOKED = "", "expired", "untrusted", "revoked"
_TIME_ERRORS = {9, 10}  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED

# What the library raises of content that breaks X.509's rules; not all of them are ValueErrors.
TROUBLES = (
    ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)  # fmt: skip

Chain = Sequence[x509.Certificate]


class Unreadable(ValueError):
    """No certificate, or one that breaks the rules; the message says how."""


def verify(chain: Chain, roots: Iterable[x509.Certificate], at: datetime) -> str:
    """GOOD, EXPIRED (or not yet valid) or UNTRUSTED at the instant ``at``.

    A root may be any certificate that is trusted by itself, also an intermediate one.
    """
    store = X509Store()
    store.set_flags(X509StoreFlags.PARTIAL_CHAIN)
    store.set_time(at.astimezone(UTC).replace(tzinfo=None))
    for root in roots:
        store.add_cert(X509.from_cryptography(root))
    leaf, *others = (X509.from_cryptography(certificate) for certificate in chain)
    try:
        X509StoreContext(store, leaf, others).verify_certificate()
    except X509StoreContextError as error:
        return EXPIRED if error.errors[0] in _TIME_ERRORS else UNTRUSTED
    return GOOD


def listed(
    chain: Chain,
    lists: Iterable[x509.CertificateRevocationList],
    roots: Iterable[x509.Certificate] = (),
) -> str:
    """REVOKED where a list that the leaf's issuer has signed names the leaf, else GOOD.

    The issuer is looked for in the chain and among ``roots``; a list that none of them has
    signed says nothing. One that is out of date still revokes.
    """
    leaf = chain[0]
    issuers = [c for c in (*chain[1:], *roots) if has_issued(c, leaf)]
    for known in lists:
        named = known.get_revoked_certificate_by_serial_number(leaf.serial_number)
        if named is not None and any(_has_signed_list(c, known) for c in issuers):
            return REVOKED
    return GOOD


def _has_signed_list(issuer: x509.Certificate, known: x509.CertificateRevocationList) -> bool:
    try:
        return known.issuer == issuer.subject and known.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (*TROUBLES, InvalidSignature):
        return False


def read_pem(text: str) -> list[x509.Certificate]:
    """The certificates of a PEM text; Unreadable where it holds none or a broken one."""
    try:
        return [_examined(c) for c in x509.load_pem_x509_certificates(text.encode())]
    except TROUBLES as error:
        raise Unreadable(str(error)) from error


def read_der(data: bytes) -> x509.Certificate:
    """The certificate of its DER; Unreadable where it is broken."""
    try:
        return _examined(x509.load_der_x509_certificate(data))
    except TROUBLES as error:
        raise Unreadable(str(error)) from error


def _examined(certificate: x509.Certificate) -> x509.Certificate:
    """Itself; the library reads lazily, and raises later what is wrong with these."""
    certificate.extensions, certificate.subject, certificate.issuer  # noqa: B018
    certificate.not_valid_after_utc, certificate.not_valid_before_utc  # noqa: B018
    key_of(certificate)
    return certificate


def write_pem(chain: Iterable[x509.Certificate]) -> str:
    return "".join(c.public_bytes(Encoding.PEM).decode() for c in chain)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, 64 hex digits."""
    return certificate.fingerprint(SHA256()).hex()


def key_of(holder: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    """The public key, as DER."""
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def common_name(name: x509.Name) -> str:
    return _first(name, NameOID.COMMON_NAME)


def organisation(name: x509.Name) -> str:
    return _first(name, NameOID.ORGANIZATION_NAME)


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """The common name and the alternative DNS names."""
    names = {common_name(certificate.subject)}
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names.update(found.value.get_values_for_type(x509.DNSName))
    except (x509.ExtensionNotFound, ValueError):
        pass
    return frozenset(names - {""})


def issuer_of(certificate: x509.Certificate, among: Chain) -> x509.Certificate | None:
    """The one that issued ``certificate``, if it is ``among`` them."""
    return next((other for other in among if has_issued(other, certificate)), None)


def has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the signature on ``certificate`` is the issuer's."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (*TROUBLES, InvalidSignature):
        return False
    return True


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
