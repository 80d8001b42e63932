"""The codes that sockets close with (RFC 6455 §7.4 and our own), and what they say to people."""

POLICY = 1008
TOO_LARGE = 1009
REPLACED = 4000  # a newer connection of the same station counts
REVOKED = 4001  # the certificate that opened it has been revoked
UNTOLD, BROKEN, TRY_AGAIN_LATER = 1005, 1006, 1013

_WORDS = {
    1000: "Closed in order",
    1001: "The other side went away",
    1002: "Broken WebSocket framing",
    UNTOLD: "Closed without a reason",
    BROKEN: "The connection broke",
    1007: "Text that is not UTF-8",
    POLICY: "The serial number is not that of the certificate",
    TOO_LARGE: "A frame was too large",
    TRY_AGAIN_LATER: "The database was away",
    REVOKED: "Its certificate has been revoked",
    REPLACED: "A newer connection of this station replaced it",
}


def words(code: int) -> str:
    """What the code says; "" where it is not one of those that we know."""
    return _WORDS.get(code, "")
