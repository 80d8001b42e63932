"""Which commands an OCPP version has words for, so that nobody above asks for the version."""

from apps.domain.command import BadParameters, Command
from apps.domain.commands import COMMANDS, NAMES
from apps.domain.vocabulary import Protocol
from apps.protocol import codec

_TITLES = {Protocol.OCPP16: "OCPP 1.6", Protocol.OCPP201: "OCPP 2.0.1"}


def can(protocol: str, name: str) -> bool:
    """Whether a station of ``protocol`` (a Protocol value; "" is not known yet) can be told it."""
    return not protocol or codec(Protocol(protocol)).knows(COMMANDS[name])


def check(protocol: str, command: Command) -> None:
    """Raises BadParameters where the station's version has no such thing."""
    if not can(protocol, NAMES[type(command)]):
        raise BadParameters([f"{title(protocol)} has no {_words(NAMES[type(command)])}"])


def title(protocol: str) -> str:
    """The version as people write it."""
    return _TITLES[Protocol(protocol)] if protocol else "OCPP"


def _words(name: str) -> str:
    return f"{name!r}: nothing was sent to the station"
