"""What can be said in the version that a station speaks, before anything is queued."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.domain.commands import Command
from apps.domain.onboarding import Setting
from apps.domain.vocabulary import Protocol
from apps.protocol import codec
from apps.protocol.codec import MessageLimits
from apps.protocol.errors import NO_CALL, CannotEncode
from apps.protocol.v16 import onboarding as onboarding16
from apps.protocol.v201 import onboarding as onboarding201

_SPELLINGS: Mapping[Protocol, Callable[[Setting], dict[str, Any] | None]] = {
    Protocol.OCPP16: onboarding16.spell,
    Protocol.OCPP201: onboarding201.spell,
}


def spelled(protocol: str, setting: Setting) -> dict[str, Any] | None:
    """The entry of SetVariables for ``setting``; None where the version has no name for it."""
    return _SPELLINGS[Protocol(protocol)](setting)


def problem_with(protocol: str, command: Command) -> str:
    """Why the version cannot say ``command``; "" where it can."""
    spoken = codec(Protocol(protocol))
    try:
        calls = [
            spoken.encode(part, request_id=1) for part in spoken.split(command, MessageLimits())
        ]
    except (CannotEncode, TypeError) as error:
        return str(error)
    return "" if calls else NO_CALL
