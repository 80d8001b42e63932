"""Which root each certificate that we show to stations leads to, and that root where we have it.

Some stations trust what is in their firmware only, others what is uploaded to them: whoever sets
one up must know which root that is. It is in the file itself, or among those that this computer
trusts.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from django.conf import settings

from apps.certificates import chain, trust

_LONGEST = 8  # certificates above each other


@dataclass(frozen=True, slots=True)
class Shown:
    """``leads_to``: the name of the root; ``root`` None where it is not at hand."""

    subject: str
    leads_to: str
    root: x509.Certificate | None = None


def list_shown() -> list[Shown]:
    """Of each certificate that is shown to stations; a file that cannot be read shows none."""
    found = []
    for pair in settings.OCPP_TLS_CERTIFICATES:
        try:
            certificates = list(trust.read(pair.partition(":")[0]).roots)
        except trust.BadFile:
            continue
        found.append(_shown(certificates[0], certificates[1:]))
    return found


def roots_pem() -> str:
    """The roots that are at hand, each once, as PEM; "" where there is none."""
    roots = {chain.fingerprint(s.root): s.root for s in list_shown() if s.root is not None}
    return chain.write_pem(roots.values())


def _shown(leaf: x509.Certificate, above: Sequence[x509.Certificate]) -> Shown:
    top = leaf
    for _ in range(_LONGEST):
        known = [*above, *_issuers_here(top)]
        issuer = None if _is_root(top) else chain.issuer_of(top, known)
        if issuer is None:
            break
        top = issuer
    return Shown(_name(leaf.subject), _name(top.issuer), top if _is_root(top) else None)


def _is_root(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer


def _name(name: x509.Name) -> str:
    return chain.common_name(name) or name.rfc4514_string()


def _issuers_here(certificate: x509.Certificate) -> list[x509.Certificate]:
    """Those of the roots here that bear the name of its issuer."""
    name = certificate.issuer.public_bytes()
    return [chain.read_der(data) for data in _trusted_here() if name in data]


@lru_cache(maxsize=1)
def _trusted_here() -> tuple[bytes, ...]:
    """The roots that this computer trusts, unread: some break the rules of today."""
    return tuple(ssl.create_default_context().get_ca_certs(binary_form=True))
