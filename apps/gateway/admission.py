"""Who may open a socket: identity, security profile, sub-protocol, room. Pure.

unknown identity                  404   (T-07)
an address that is not ours       404   whoever it seems to be
wrong or missing credentials      401   (T-08, T-09; profiles 1 and 2)
no or no good client certificate  403   (profile 3: A00.FR.404 to 408, 429)
less than the station's profile   403   (A00.FR.001 to 006, A05.FR.07)
no common sub-protocol            400   (T-06; unless one is assumed of the station)
too many at once                  503   with Retry-After

A station shows profile 3 by a good certificate in its name, 2 by its password within TLS, 1 by
its password alone. More than its own profile is welcome, less is not.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.batch.refs import StationRef
from apps.domain.identity import names_in, problem_of
from apps.domain.vocabulary import Protocol
from apps.journal.refusals import WRONG_ADDRESS

BY_CERTIFICATE = 3
PATHS = ("/ocpp/", "/o/")
_ALONE = frozenset({b"ocpp", b"o"})  # a path of ours without an identity
_LONGEST_SHOWN = 120
_SUPPORTED = {protocol.value: protocol for protocol in Protocol}

_CERTIFICATE_WORDS = {
    "expired": "The client certificate has expired or is not yet valid.",
    "untrusted": "The client certificate does not come from a root that is trusted here.",
    "revoked": "The client certificate has been revoked.",
}

Matches = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What a client showed. ``problem``: "" | expired | untrusted | revoked.

    ``names``: its common name and its alternative names. ``was_good``: it has expired, and until
    then there was nothing wrong with it.
    """

    names: frozenset[str]
    fingerprint: str = ""
    problem: str = ""
    organisation: str = ""
    was_good: bool = False


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a station asks with, already parsed; ``credentials`` None when it sent none.

    ``names``: what its address may mean, see ``domain.identity``; the first is the identity.
    ``astray``: the path that it asks for, where that is none of PATHS with an identity behind.
    """

    identity: str
    offered: tuple[str, ...]
    credentials: tuple[bytes, bytes] | None
    ip: str = ""
    user_agent: str = ""
    is_tls: bool = False
    certificate: ClientCertificate | None = None
    names: tuple[str, ...] = ()
    astray: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    status: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Admitted:
    ref: StationRef
    protocol: Protocol
    profile: int = 0
    must_renew: str = ""
    has_new_password: bool = False
    is_protocol_assumed: bool = False


def judge(
    handshake: Handshake, ref: StationRef | None, matches: Matches, owner: str = ""
) -> Admitted | Refused:
    """The verdict on one handshake. ``matches`` compares a password with its digest.

    ``owner``: the organisation that certificates of stations name; "" asks for none.
    """
    if ref is None:
        return Refused(404, "unknown_identity", "No station is registered under this identity.")
    profile = _shown_profile(handshake, ref, matches, owner)
    if isinstance(profile, Refused):
        return profile
    protocol = choose(handshake.offered) or _SUPPORTED.get(ref.assumed_protocol)
    if protocol is None:
        offered = ", ".join(handshake.offered) or "none"
        return Refused(
            400, "no_subprotocol", f"Offered: {offered}. Spoken here: ocpp2.0.1, ocpp1.6."
        )
    is_new = _shows_new_password(handshake, ref, matches)
    return Admitted(
        ref, protocol, profile, has_new_password=is_new,
        is_protocol_assumed=choose(handshake.offered) is None,
    )  # fmt: skip


def judge_renewal(handshake: Handshake, ref: StationRef, refused: Refused) -> Admitted | Refused:
    """Whether who was ``refused`` comes in to renew its certificate and for nothing else.

    One that has ended and was good, or its maker's (A00.FR.429, SEC-08).
    """
    shown, protocol = handshake.certificate, choose(handshake.offered)
    if shown is None or protocol is None or not handshake.is_tls:
        return refused
    is_over = shown.problem == "expired" and shown.was_good
    if not (is_over or refused.reason == "certificate_owner"):
        return refused
    if not is_in_name_of(shown, ref.identity, ref.serial_number):
        return refused
    return Admitted(ref, protocol, BY_CERTIFICATE, refused.detail)


def choose(offered: Sequence[str]) -> Protocol | None:
    """The station's first choice that is spoken here; names are case-sensitive (T-04)."""
    return next((_SUPPORTED[name] for name in offered if name in _SUPPORTED), None)


def names_of(raw_path: bytes) -> tuple[str, ...]:
    """What the address may mean, the likeliest first (T-01, T-03)."""
    known = _behind(raw_path)
    if known is not None:
        return names_in(known)
    path = raw_path.split(b"?")[0]
    names = () if path.strip(b"/").lower() in _ALONE else names_in(path)
    return names if names and not problem_of(names[0]) else ()


def astray(raw_path: bytes) -> str:
    """The path of an address that cannot lead in, as people may read it; "" where it can."""
    if names_in(_behind(raw_path) or b""):
        return ""
    path = raw_path.split(b"?")[0].decode("ascii", "backslashreplace")
    return path if len(path) <= _LONGEST_SHOWN else f"{path[:_LONGEST_SHOWN]}…"


def judge_address(handshake: Handshake) -> Refused | None:
    """Who knocks at another address is told the right one, and let in by none but that."""
    if not handshake.astray:
        return None
    words = f"It asks for {handshake.astray}; the right address ends in {PATHS[0]}<identity>."
    return Refused(404, WRONG_ADDRESS, words)


def credentials_of(header: bytes | None) -> tuple[bytes, bytes] | None:
    """User and password of a Basic header, as bytes: 1.6 keys need not be text (1.6J §6.2)."""
    if header is None or header[:6].lower() != b"basic ":
        return None
    try:
        user, colon, password = base64.b64decode(header[6:].strip()).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


def is_in_name_of(certificate: ClientCertificate, identity: str, serial_number: str) -> bool:
    """The certificate names the station: by its serial number (A00.FR.405) or its identity."""
    return bool(certificate.names & ({identity, serial_number} - {""}))


def _behind(raw_path: bytes) -> bytes | None:
    """What follows one of our paths; None at another address."""
    path = raw_path.split(b"?")[0]
    known = (path[len(prefix) :] for prefix in PATHS if path.startswith(prefix.encode()))
    return next(known, None)


def _shown_profile(
    handshake: Handshake, ref: StationRef, matches: Matches, owner: str
) -> int | Refused:
    """The security profile that the handshake proves, if it is enough for this station."""
    if ref.security_profile > 1 and not handshake.is_tls:
        words = f"This station has security profile {ref.security_profile}: it must use TLS."
        return Refused(403, "tls_required", words)
    refused = _judge_certificate(handshake.certificate, ref, owner)
    if handshake.is_tls and refused is None:
        return BY_CERTIFICATE
    if ref.security_profile >= BY_CERTIFICATE and refused is not None:
        return refused
    if _shows_new_password(handshake, ref, matches):
        return 2 if handshake.is_tls else 1
    if ref.password_digest:
        return _judge_credentials(handshake, ref, matches) or (2 if handshake.is_tls else 1)
    if ref.security_profile:
        return Refused(401, "no_password", "No password is registered for this station; set one.")
    return 0


def _judge_certificate(
    shown: ClientCertificate | None, ref: StationRef, owner: str
) -> Refused | None:
    if shown is None:
        return Refused(403, "no_certificate", "Security profile 3 needs a client certificate.")
    if shown.problem:
        return Refused(403, f"certificate_{shown.problem}", _CERTIFICATE_WORDS[shown.problem])
    if not is_in_name_of(shown, ref.identity, ref.serial_number):
        names = ", ".join(sorted(shown.names)) or "nobody"
        known = ref.serial_number or "not registered"
        words = f"The certificate is for {names}; this station's serial number is {known}."
        return Refused(403, "certificate_name", words)
    if owner and owner not in shown.organisation:
        words = f"The certificate's organisation is {shown.organisation!r}, not {owner!r}."
        return Refused(403, "certificate_owner", words)
    return None


def _shows_new_password(handshake: Handshake, ref: StationRef, matches: Matches) -> bool:
    """The one that it was sent, and has not confirmed (SEC-05)."""
    if not ref.pending_digest or handshake.credentials is None:
        return False
    user, password = handshake.credentials
    return _is_user(user, handshake, ref) and matches(password, ref.pending_digest)


def _judge_credentials(handshake: Handshake, ref: StationRef, matches: Matches) -> Refused | None:
    if handshake.credentials is None:
        return Refused(401, "no_credentials", "This station has a password; none was sent.")
    user, password = handshake.credentials
    if not _is_user(user, handshake, ref):
        shown = user.decode("utf-8", "replace")[:48]
        return Refused(401, "wrong_user", f"User {shown!r} is not the identity in the path.")
    if not matches(password, ref.password_digest):
        return Refused(401, "wrong_password", "The password does not fit.")
    return None


def _is_user(user: bytes, handshake: Handshake, ref: StationRef) -> bool:
    """Whether the user of a Basic header is the station, as it or its address writes it."""
    shown = user.decode("utf-8", "replace").strip().casefold()
    return shown in {name.strip().casefold() for name in (ref.identity, *handshake.names)}
