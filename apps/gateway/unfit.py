"""Handshakes of stations that HTTP itself forbids: no key, a strange version, a line too long.

No rule of ours is asked about them, but they are kept, counted and slowed like all others that
are turned away.
"""

from collections.abc import Iterable
from contextlib import suppress

from apps.gateway import hub as hubs
from apps.gateway import metrics
from apps.gateway.admission import PATHS, Refused
from apps.gateway.handshake import knock_of
from ocpp_platform.threads import DatabaseAway

REASON = "bad_handshake"
_PREFIXES = tuple(prefix.encode() for prefix in PATHS)
_OFFERED = b"sec-websocket-protocol"
_LIVE = b"/live/"

Header = tuple[bytes, bytes]


def is_of_station(path: bytes) -> bool:
    """Whether only stations have a word to say there."""
    return path.startswith(_PREFIXES)


def is_of_people(path: bytes) -> bool:
    """The one address at which a socket is a browser's; at any other it is a charger's."""
    return path.split(b"?")[0] == _LIVE


async def turn_away(
    status: int, words: str, *, path: bytes, headers: Iterable[Header], client: str
) -> Refused:
    """Keep the refusal for operators; what to deny the handshake with."""
    lines = [(name.lower(), value.strip()) for name, value in headers]
    offered = ",".join(value.decode("latin-1") for name, value in lines if name == _OFFERED)
    knock = knock_of(
        {
            "headers": lines,
            "path": "",
            "raw_path": path,
            "client": (client,),
            "subprotocols": [name.strip() for name in offered.split(",") if name.strip()],
        }
    )
    hub, ref = hubs.current(), None
    with suppress(DatabaseAway):
        ref = await hub.register.submit(knock.names)
    refused = await hub.strangers.turn_away(Refused(status, REASON, words), knock, ref)
    metrics.REFUSALS.labels(refused.reason).inc()
    return refused


def request_of(head: bytes) -> tuple[bytes, list[Header]]:
    """Path and headers of a request as it came; what cannot be read is left out."""
    first, *lines = head.split(b"\r\n")
    parts = first.split()
    pairs = (line.partition(b":") for line in lines if b":" in line)
    return parts[1] if len(parts) > 1 else b"", [(name, value) for name, _, value in pairs]
