"""Certificates and requests that break the rules of X.509."""

import base64
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


def _of_version_2(pem: bytes, kind: str) -> str:
    """A PEM whose version is one that X.509 does not have (its signature breaks, too)."""
    der = base64.b64decode(b"".join(pem.strip().splitlines()[1:-1]))
    old, new = (b"\x02\x01\x00", b"\x02\x01\x01") if "REQUEST" in kind else (
        b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01")  # fmt: skip
    assert der.count(old) >= 1
    text = base64.encodebytes(der.replace(old, new, 1)).decode()
    return f"-----BEGIN {kind}-----\n{text}-----END {kind}-----\n"


def request_of_version_2() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CP1")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return _of_version_2(request.public_bytes(Encoding.PEM), "CERTIFICATE REQUEST")


def certificate_of_version_2() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return _of_version_2(made.public_bytes(Encoding.PEM), "CERTIFICATE")
