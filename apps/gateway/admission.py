"""Who may open a socket: identity, credentials, sub-protocol, room. Pure.

unknown identity                  404   (T-07)
wrong or missing credentials      401   (T-08, T-09; profiles 1 and 2)
no common sub-protocol            400   (T-06)
too many at once                  503   with Retry-After
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from apps.domain.vocabulary import Protocol
from apps.stations.refs import StationRef

PATHS = ("/ocpp/", "/o/")
_SUPPORTED = {protocol.value: protocol for protocol in Protocol}

Matches = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a station asks with, already parsed; ``credentials`` None when it sent none."""

    identity: str
    offered: tuple[str, ...]
    credentials: tuple[bytes, bytes] | None
    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    status: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Admitted:
    ref: StationRef
    protocol: Protocol


def judge(handshake: Handshake, ref: StationRef | None, matches: Matches) -> Admitted | Refused:
    """The verdict on one handshake. ``matches`` compares a password with its digest."""
    if ref is None:
        return Refused(404, "unknown_identity", "No station is registered under this identity.")
    if ref.password_digest:
        refused = _judge_credentials(handshake, ref, matches)
        if refused is not None:
            return refused
    protocol = choose(handshake.offered)
    if protocol is None:
        offered = ", ".join(handshake.offered) or "none"
        return Refused(
            400, "no_subprotocol", f"Offered: {offered}. Spoken here: ocpp2.0.1, ocpp1.6."
        )
    return Admitted(ref, protocol)


def choose(offered: Sequence[str]) -> Protocol | None:
    """The station's first choice that is spoken here; names are case-sensitive (T-04)."""
    return next((_SUPPORTED[name] for name in offered if name in _SUPPORTED), None)


def identity_of(raw_path: bytes) -> str:
    """The last segment of the path, percent-decoded once, trailing slashes aside (T-01, T-03)."""
    path = raw_path.split(b"?")[0]
    for prefix in PATHS:
        if path.startswith(prefix.encode()):
            last = path[len(prefix) :].rstrip(b"/").rpartition(b"/")[2]
            return unquote_to_bytes(last).decode("utf-8", "replace")
    return ""


def credentials_of(header: bytes | None) -> tuple[bytes, bytes] | None:
    """User and password of a Basic header, as bytes: 1.6 keys need not be text (1.6J §6.2)."""
    if header is None or header[:6].lower() != b"basic ":
        return None
    try:
        user, colon, password = base64.b64decode(header[6:].strip()).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


def _judge_credentials(handshake: Handshake, ref: StationRef, matches: Matches) -> Refused | None:
    if handshake.credentials is None:
        return Refused(401, "no_credentials", "This station has a password; none was sent.")
    user, password = handshake.credentials
    if user != ref.identity.encode():
        shown = user.decode("utf-8", "replace")[:48]
        return Refused(401, "wrong_user", f"User {shown!r} is not the identity in the path.")
    if not matches(password, ref.password_digest):
        return Refused(401, "wrong_password", "The password does not fit.")
    return None
