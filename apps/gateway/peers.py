"""Who is at the other end: address, encryption and certificate, also from behind a proxy.

A proxy that ends TLS is trusted only if its address is in OCPP_TRUSTED_PROXIES. It says
``X-Forwarded-For``, ``X-Forwarded-Proto: https``, and of a client certificate
``X-SSL-Client-Cert`` (base64 of the DER, or PEM with percent signs) and ``X-SSL-Client-Verify``
(``0`` or ``SUCCESS`` when it has verified the chain).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cryptography import x509

from apps.certificates import chain
from apps.gateway.admission import ClientCertificate
from ocpp_platform.addresses import client_of

_VERIFIED = (b"0", b"SUCCESS")
_SECURE = (b"https", b"wss")
_BROKEN = ClientCertificate(frozenset(), problem=chain.UNTRUSTED)


@dataclass(frozen=True, slots=True)
class Peer:
    ip: str
    is_tls: bool
    certificate: ClientCertificate | None


def address_of(scope: Mapping[str, Any], proxies: list[str]) -> str:
    """The address of the other end, or the one that a trusted proxy tells."""
    forwarded: bytes = dict(scope["headers"]).get(b"x-forwarded-for", b"")
    return client_of((scope.get("client") or ("",))[0], forwarded.decode("latin-1"), proxies)


def peer_of(scope: Mapping[str, Any], proxies: list[str], now: datetime) -> Peer:
    """What the scope of a connection says of its other end."""
    ip = address_of(scope, proxies)
    if (scope.get("client") or ("",))[0] in proxies:
        return _behind_proxy(ip, dict(scope["headers"]), now)
    shown = scope.get("extensions", {}).get("tls")
    if shown is None:
        return Peer(ip, is_tls=scope.get("scheme") == "wss", certificate=None)
    return Peer(ip, is_tls=True, certificate=_from_tls(shown))


def _from_tls(shown: Mapping[str, Any]) -> ClientCertificate | None:
    if not shown["client_cert_chain"]:
        return None
    try:
        leaf = chain.read_pem(shown["client_cert_chain"][0])[0]
    except chain.Unreadable:
        return _BROKEN
    problem = shown["client_cert_error"] or chain.GOOD
    return _described(leaf, problem, was_good=shown["client_cert_was_good"])


def _behind_proxy(ip: str, headers: Mapping[bytes, bytes], now: datetime) -> Peer:
    is_tls = headers.get(b"x-forwarded-proto", b"").lower() in _SECURE
    return Peer(ip, is_tls, _from_headers(headers, now) if is_tls else None)


def _from_headers(headers: Mapping[bytes, bytes], now: datetime) -> ClientCertificate | None:
    told = headers.get(b"x-ssl-client-cert", b"").strip()
    if not told:
        return None
    try:
        leaf = _parse(told)
    except ValueError:
        return _BROKEN
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        return _described(leaf, chain.EXPIRED)
    is_good = headers.get(b"x-ssl-client-verify", b"").strip().upper() in _VERIFIED
    return _described(leaf, chain.GOOD if is_good else chain.UNTRUSTED)


def _parse(told: bytes) -> x509.Certificate:
    if b"BEGIN" in told:
        return chain.read_pem(unquote(told.decode("ascii")))[0]
    return chain.read_der(base64.b64decode(told, validate=True))


def _described(
    leaf: x509.Certificate, problem: str, *, was_good: bool = False
) -> ClientCertificate:
    return ClientCertificate(
        chain.names_of(leaf),
        chain.fingerprint(leaf),
        problem,
        chain.organisation(leaf.subject),
        was_good,
    )
