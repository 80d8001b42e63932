"""Keys, certificates and requests for tests, in files where a program wants files."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

DAY = timedelta(days=1)


def ec_key() -> Any:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits: int = 2048) -> Any:
    return rsa.generate_private_key(65537, bits)


def pem(*parts: Any) -> str:
    """Certificates, requests and private keys, one after the other."""
    return "".join(_pem(part) for part in parts)


def _pem(part: Any) -> str:
    if hasattr(part, "private_bytes"):
        return part.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return part.public_bytes(Encoding.PEM).decode()


def subject(name: str, organisation: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


def request(name: str, key: Any = None, organisation: str = "") -> str:
    """A request to be certified, PEM."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(name, organisation))
    return pem(builder.sign(key or ec_key(), SHA256()))


@dataclass
class Signed:
    """A certificate and its key; ``chain`` leads up, without the root."""

    certificate: x509.Certificate
    key: Any
    chain: tuple[x509.Certificate, ...] = ()

    def file(self, folder: Path, name: str) -> Path:
        """Chain and key in one PEM file."""
        path = folder / f"{name}.pem"
        path.write_text(pem(self.certificate, *self.chain, self.key))
        return path

    def sign(
        self,
        name: str,
        *,
        key: Any = None,
        is_authority: bool = False,
        ends_in: timedelta = 30 * DAY,
        organisation: str = "",
        ocsp_url: str = "",
        host: str = "",
        extension: x509.ExtensionType | None = None,
    ) -> "Signed":
        """A certificate below this one."""
        key = key or ec_key()
        now = datetime.now(UTC)
        builder = _builder(subject(name, organisation), self.certificate.subject, key, is_authority)
        builder = builder.not_valid_before(now - 60 * DAY).not_valid_after(now + ends_in)
        if ocsp_url:
            url = x509.UniformResourceIdentifier(ocsp_url)
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, url)
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), False)
        if host:
            names = [x509.DNSName("localhost"), x509.IPAddress(ip_address(host))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        if extension is not None:
            builder = builder.add_extension(extension, critical=False)
        made = builder.sign(self.key, SHA256())
        is_root = self.certificate.issuer == self.certificate.subject
        above = self.chain if is_root else (self.certificate, *self.chain)
        return Signed(made, key, above)


def root(name: str = "Test root") -> Signed:
    key, now = ec_key(), datetime.now(UTC)
    builder = _builder(subject(name), subject(name), key, is_authority=True)
    builder = builder.not_valid_before(now - 90 * DAY).not_valid_after(now + 900 * DAY)
    return Signed(builder.sign(key, SHA256()), key)


def _builder(
    whom: x509.Name, by: x509.Name, key: Any, is_authority: bool
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(whom)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    )
