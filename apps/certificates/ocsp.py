"""OCSP: the question about a certificate, and what a response is worth (RFC 6960). Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from apps.certificates.chain import has_issued
from apps.domain.certificates import CertificateHash, OcspTarget

SKEW = timedelta(minutes=10)
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA256": hashes.SHA256(),
    "SHA384": hashes.SHA384(),
    "SHA512": hashes.SHA512(),
}


class BadTarget(ValueError):
    """Hash data that no certificate can have; the message says what is wrong with it."""


def question(named: CertificateHash) -> bytes:
    """DER of the OCSPRequest for a certificate that is known by its hashes."""
    algorithm = _HASHES.get(named.hash_algorithm)
    if algorithm is None:
        raise BadTarget(f"Unknown hash algorithm {named.hash_algorithm!r}.")
    try:
        name, key = bytes.fromhex(named.issuer_name_hash), bytes.fromhex(named.issuer_key_hash)
        serial = int(named.serial_number, 16)
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, serial, algorithm)
        return builder.build().public_bytes(Encoding.DER)
    except ValueError as error:
        raise BadTarget(f"Unusable hash data: {error}") from error


def is_successful(response: bytes) -> bool:
    """Whether this is an OCSPResponse that says anything of a certificate."""
    try:
        status = ocsp.load_der_ocsp_response(response).response_status
    except ValueError:
        return False
    return status is ocsp.OCSPResponseStatus.SUCCESSFUL


def verdict(
    response: bytes, named: CertificateHash, known: Iterable[x509.Certificate], now: datetime
) -> str:
    """good | revoked | unverifiable. ``known``: certificates among which the issuer may be.

    The response must be about this certificate, of now, and signed by its issuer or by
    whom the issuer has entitled (RFC 6960 §4.2.2.2).
    """
    if not is_successful(response):
        return "unverifiable"
    told = ocsp.load_der_ocsp_response(response)
    if not (_is_about(told, named) and _is_current(told, now)):
        return "unverifiable"
    if not _is_signed_for(told, named, [*told.certificates, *known]):
        return "unverifiable"
    status = told.certificate_status
    if status is ocsp.OCSPCertStatus.REVOKED:
        return "revoked"
    return "good" if status is ocsp.OCSPCertStatus.GOOD else "unverifiable"


def target_of(certificate: x509.Certificate, issuer: x509.Certificate) -> OcspTarget | None:
    """Hash data and responder of a certificate; None where it names no responder."""
    urls = _responders(certificate)
    if not urls:
        return None
    named = CertificateHash(
        "SHA256",
        _digest(issuer.subject.public_bytes(), hashes.SHA256()).hex(),
        key_hash(issuer, hashes.SHA256()).hex(),
        f"{certificate.serial_number:x}",
    )
    return OcspTarget(named, urls[0])


def key_hash(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    """The hash of the bits of its public key, as OCSP means it."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    elif isinstance(key, rsa.RSAPublicKey):
        bits = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        return b""
    return _digest(bits, algorithm)


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        entry.access_location.value
        for entry in access.value
        if entry.access_method == AuthorityInformationAccessOID.OCSP
    ]


def _is_about(told: ocsp.OCSPResponse, named: CertificateHash) -> bool:
    return (
        told.serial_number == int(named.serial_number, 16)
        and told.hash_algorithm.name.upper() == named.hash_algorithm
        and told.issuer_key_hash.hex() == named.issuer_key_hash.lower()
        and told.issuer_name_hash.hex() == named.issuer_name_hash.lower()
    )


def _is_current(told: ocsp.OCSPResponse, now: datetime) -> bool:
    is_over = told.next_update_utc is not None and told.next_update_utc < now - SKEW
    return told.this_update_utc <= now + SKEW and not is_over


def _is_signed_for(
    told: ocsp.OCSPResponse, named: CertificateHash, known: Sequence[x509.Certificate]
) -> bool:
    algorithm = _HASHES[named.hash_algorithm]
    wanted = named.issuer_key_hash.lower()
    issuers = [c for c in known if key_hash(c, algorithm).hex() == wanted]
    delegates = [c for c in told.certificates if _is_delegate(c, issuers)]
    return any(_has_signed(signer, told) for signer in (*issuers, *delegates))


def _is_delegate(certificate: x509.Certificate, issuers: Sequence[x509.Certificate]) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
        return False
    return any(has_issued(issuer, certificate) for issuer in issuers)


def _has_signed(signer: x509.Certificate, told: ocsp.OCSPResponse) -> bool:
    key, algorithm = signer.public_key(), told.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(told.signature, told.tbs_response_bytes, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            scheme = padding.PKCS1v15()
            key.verify(told.signature, told.tbs_response_bytes, scheme, algorithm)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _digest(data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    hashing = hashes.Hash(algorithm)
    hashing.update(data)
    return hashing.finalize()
