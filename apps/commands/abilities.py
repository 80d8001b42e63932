"""Whether a command can be said at all to a station of some version, before it is queued."""

from apps.domain.command import Command
from apps.domain.vocabulary import Protocol
from apps.protocol.feasibility import problem_with


def refusal(protocol: str, command: Command) -> str:
    """Why a station of this version cannot be told it; "" where it can.

    ``protocol``: a ``Protocol`` value, or "" where the station has never connected.
    """
    return problem_with(protocol, command) if protocol else ""


def protocols_for(command: Command) -> list[str]:
    """The versions whose stations can be told it."""
    return [protocol.value for protocol in Protocol if not refusal(protocol.value, command)]
