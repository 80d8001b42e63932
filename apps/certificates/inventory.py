"""The certificates of this installation itself: who signs what, what we show, whom we trust.

Read from the files of the settings; what cannot be read is listed with its trouble.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.conf import settings

from apps.certificates import authority, chain, trust

SIGNS = {
    "station": "Signs what stations show to us (security profile 3)",
    "v2g": "Signs what stations show to vehicles (ISO 15118)",
}


@dataclass(frozen=True, slots=True)
class Own:
    """One certificate. ``use``: what it is for; ``source``: the setting that names its file."""

    use: str
    subject: str
    issuer: str
    source: str
    not_after: datetime | None
    trouble: str = ""


def list_own() -> list[Own]:
    """Authorities, then what the servers show, then whose certificates are trusted."""
    found = list(_authorities())
    for pair in settings.OCPP_TLS_CERTIFICATES:
        path = pair.partition(":")[0]
        found += _of_file(path, "Shown to stations", "OCPP_TLS_CERTIFICATES", is_leaf_only=True)
    for path in settings.OCPP_TLS_CLIENT_CA:
        found += _of_file(path, "Trusted for stations", "OCPP_TLS_CLIENT_CA")
    for path in settings.OCPP_CONTRACT_CA:
        found += _of_file(path, "Trusted for drivers' contracts", "OCPP_CONTRACT_CA")
    return found


def _authorities() -> Iterator[Own]:
    for kind, place in authority.PLACES.items():
        source = place.setting if getattr(settings, place.setting) else f"var/pki/{place.file}"
        try:
            certificates = authority.load(kind).chain
        except authority.CannotIssue as error:
            yield Own(SIGNS[kind], "—", "—", source, None, str(error))
            continue
        for index, certificate in enumerate(certificates):
            yield _own(certificate, SIGNS[kind] if index == 0 else "Stands above it", source)


def _of_file(path: str, use: str, source: str, *, is_leaf_only: bool = False) -> list[Own]:
    try:
        certificates = list(trust.read(path).roots)
    except trust.BadFile as error:
        return [Own(use, "—", "—", source, None, str(error))]
    return [_own(one, use, source) for one in certificates[: 1 if is_leaf_only else None]]


def _own(certificate: x509.Certificate, use: str, source: str) -> Own:
    subject, issuer = (
        chain.common_name(name) or name.rfc4514_string()
        for name in (certificate.subject, certificate.issuer)
    )
    return Own(use, subject, issuer, source, certificate.not_valid_after_utc)
