"""The roots that we trust, read from files again whenever one has changed.

Stations: OCPP_TLS_CLIENT_CA and our own authority. Contracts of drivers: OCPP_CONTRACT_CA, and
what an organisation says by itself (``roots``). A file may hold revocation lists (``X509 CRL``)
beside its certificates.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from apps.certificates import authority, chain, roots

_LISTS = re.compile(r"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)


@dataclass(frozen=True)
class Trust:
    roots: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...] = ()


class BadFile(ValueError):
    """A file that holds no certificate; the message names it."""


def of_stations() -> Trust:
    """Whom station certificates may come from."""
    own = authority.load().root
    given = _given(settings.OCPP_TLS_CLIENT_CA)
    return Trust((own, *given.roots), given.lists)


def of_contracts(organisation_id: int) -> Trust:
    """Whom contract certificates may come from (mobility operators): the files, and its own."""
    given = _given(settings.OCPP_CONTRACT_CA)
    return Trust((*given.roots, *roots.trusted_by(organisation_id)), given.lists)


def read(path: str) -> Trust:
    """The content of one PEM file; BadFile where it cannot be used."""
    try:
        changed_at = Path(path).stat().st_mtime_ns
        return _read(path, changed_at)
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: {error}") from error


def _given(paths: tuple[str, ...]) -> Trust:
    found = [read(path) for path in paths]
    roots = tuple(root for trust in found for root in trust.roots)
    return Trust(roots, tuple(known for trust in found for known in trust.lists))


@lru_cache(maxsize=32)
def _read(path: str, _changed_at: int) -> Trust:
    text = Path(path).read_text()
    lists = tuple(x509.load_pem_x509_crl(block.encode()) for block in _LISTS.findall(text))
    return Trust(tuple(chain.read_pem(text)), lists)
