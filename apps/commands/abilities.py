"""Whether a command can be said at all to a station of some version, before it is queued."""

from apps.domain.command import Command
from apps.domain.vocabulary import Protocol
from apps.protocol import Limits, codec
from apps.protocol.errors import CannotEncode


def refusal(protocol: str, command: Command) -> str:
    """Why a station of this version cannot be told it; "" where it can.

    ``protocol``: a ``Protocol`` value, or "" where the station has never connected.
    """
    if not protocol:
        return ""
    spoken = codec(Protocol(protocol))
    try:
        for part in spoken.split(command, Limits()):
            spoken.encode(part, request_id=1)
    except (CannotEncode, TypeError) as problem:
        return str(problem)
    return ""


def protocols_for(command: Command) -> list[str]:
    """The versions whose stations can be told it."""
    return [protocol.value for protocol in Protocol if not refusal(protocol.value, command)]
