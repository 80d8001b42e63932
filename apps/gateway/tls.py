"""TLS that this process serves itself, with certificates of several kinds of key side by side.

A client may show a certificate and need not; whether it must is known only once it has named
its station. What it showed stands in the scope as ASGI's TLS extension has it.
"""

from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate
from django.conf import settings
from django.utils import timezone
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLContextFactory, ISSLTransport
from zope.interface import implementer

from apps.certificates import authority, chain, trust
from ocpp_platform import environment

# OCPP 2.0.1 A00.FR.318/421 asks for the first, second and the last two.
SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
    "AES128-GCM-SHA256:AES256-GCM-SHA384"
)
_HARDENING = (
    SSL.OP_NO_COMPRESSION | SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_TICKET
    | SSL.OP_NO_RENEGOTIATION
)  # fmt: skip
_VERSIONS = {"1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}
_NAMES = {"TLSv1.2": 0x0303, "TLSv1.3": 0x0304}


@implementer(IOpenSSLContextFactory)
class Contexts:
    """One context for all connections, as Twisted asks for it."""

    def __init__(self) -> None:
        self._context = _make_context()

    def getContext(self) -> SSL.Context:  # noqa: N802
        return self._context


def contexts() -> Contexts:
    """How to speak TLS, or the end of the process with the setting that is wrong."""
    name = "OCPP_TLS_CERTIFICATES"
    if not settings.OCPP_TLS_CERTIFICATES:
        environment.fail(name, "", "a list of PEM files, needed by OCPP_TLS_PORT")
    for path in settings.OCPP_TLS_CLIENT_CA:
        _check("OCPP_TLS_CLIENT_CA", path)
    for path in settings.OCPP_CONTRACT_CA:
        _check("OCPP_CONTRACT_CA", path)
    for kind, place in authority.PLACES.items():
        try:
            authority.load(kind)
        except authority.CannotIssue as error:
            given = getattr(settings, place.setting)
            environment.fail(place.setting, given, f"usable ({error})")
    return Contexts()


def extension(transport: Any) -> dict[str, Any] | None:
    """ASGI's TLS extension for a connection; None where it is not encrypted.

    ``client_cert_error``: "" or None of a good certificate; expired, untrusted or revoked.
    ``client_cert_was_good`` (ours): of one that has ended, that nothing else is wrong with it.
    """
    if not ISSLTransport.providedBy(transport):
        return None
    connection = transport.getHandle()
    shown = _shown(connection)
    return {
        "server_cert": None,
        "client_cert_chain": [chain.write_pem([certificate]) for certificate in shown],
        "client_cert_name": shown[0].subject.rfc4514_string() if shown else None,
        "client_cert_error": _problem(shown) if shown else None,
        "client_cert_was_good": bool(shown) and _was_good(shown),
        "tls_version": _NAMES.get(connection.get_protocol_version_name()),
        "cipher_suite": None,
    }


def _make_context() -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(_VERSIONS[settings.OCPP_TLS_MIN_VERSION])
    context.set_options(_HARDENING)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_session_id(b"ocpp-platform")
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # who is revoked resumes nothing
    context.set_verify(SSL.VERIFY_PEER, _take_any)
    for pair in settings.OCPP_TLS_CERTIFICATES:
        _use(context, pair)
    context.set_cipher_list(SUITES.encode())
    return context


def _shown(connection: SSL.Connection) -> list[Certificate]:
    """Leaf first; OpenSSL's server side keeps the leaf apart from its chain."""
    leaf = connection.get_peer_certificate(as_cryptography=True)
    if leaf is None:
        return []
    others = connection.get_peer_cert_chain(as_cryptography=True) or []
    return [leaf, *(other for other in others if other != leaf)]


def _problem(shown: list[Certificate]) -> str | None:
    """Revoked comes before expired."""
    known = trust.of_stations()
    problem = chain.verify(shown, known.roots, timezone.now())
    if problem in (chain.GOOD, chain.EXPIRED):
        problem = chain.listed(shown, known.lists, known.roots) or problem
    return problem or None


def _was_good(shown: list[Certificate]) -> bool:
    """Whether there was nothing wrong with it when it ended."""
    ended_at = shown[0].not_valid_after_utc
    roots = trust.of_stations().roots
    return ended_at < timezone.now() and chain.verify(shown, roots, ended_at) == chain.GOOD


def _use(context: SSL.Context, pair: str) -> None:
    """Add a certificate with its chain and key: ``chain.pem:key.pem``, or all in one file."""
    certificates, _, key = pair.partition(":")
    try:
        for path in filter(None, (certificates, key)):
            Path(path).read_bytes()
        context.use_certificate_chain_file(certificates)
        context.use_privatekey_file(key or certificates)
        context.check_privatekey()
    except (OSError, SSL.Error) as error:
        wanted = f"PEM files of a certificate with its chain and its key ({_words(error)})"
        environment.fail("OCPP_TLS_CERTIFICATES", pair, wanted)


def _check(name: str, path: str) -> None:
    try:
        trust.read(path)
    except trust.BadFile as error:
        environment.fail(name, path, f"a PEM file of root certificates ({error})")


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}"
    reasons = [part[-1] for part in error.args[0] if part] if error.args else []
    return ", ".join(reasons) or "unreadable"


def _take_any(*_told: Any) -> bool:
    """The handshake takes every certificate; the station's admission judges it."""
    return True
