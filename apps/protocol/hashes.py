"""Certificate hash data, which both versions write alike."""

from collections.abc import Mapping
from typing import Any

from apps.domain.certificates import CertificateHash

_MEMBERS = ("hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber")


def write(named: CertificateHash) -> dict[str, Any]:
    values = (
        named.hash_algorithm, named.issuer_name_hash, named.issuer_key_hash, named.serial_number,
    )  # fmt: skip
    return dict(zip(_MEMBERS, values, strict=True))


def read(data: Mapping[str, Any]) -> CertificateHash:
    """What the station wrote, letter by letter: it will be asked with the same."""
    return CertificateHash(*(str(data.get(name, "")) for name in _MEMBERS))
