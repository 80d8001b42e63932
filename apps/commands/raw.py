"""Raw calls: whether one may be sent, and what helps to write it.

One may be sent that is known to the version, ours to send, and valid by its schema.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.domain.commands import BadParameters, Command, RawCall, parameters, parse
from apps.domain.vocabulary import Protocol
from apps.protocol import codec, guide, validation
from apps.protocol.guide import Member

__all__ = [
    "CallGuide",
    "CallProblem",
    "Member",
    "check_call",
    "guide_to",
    "list_actions",
    "meaning_of",
]


_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CallProblem:
    """What is wrong with a call; ``path`` is a JSON pointer into the payload, "" for all of it."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class CallGuide:
    """What an action is made of, with the example of it that was asked for."""

    action: str
    members: list[Member]
    example: dict[str, Any]


def call_of(action: str, payload: dict[str, Any]) -> Command:
    """A call that is nothing but itself, whatever it may mean."""
    return RawCall(action, payload)


def check_call(protocol: str, action: str, payload: Any) -> list[CallProblem]:
    """Every problem of the call in this version (a ``Protocol`` value); [] may be sent."""
    version = Protocol(protocol)
    if action not in validation.actions(version, "from_csms"):
        return [CallProblem("", _refusal(version, action))]
    found = validation.problems(version, action, "request", payload)
    return [CallProblem(problem.path, problem.message) for problem in found]


def list_actions(protocol: str) -> list[str]:
    """The calls that may be sent to a station of this version, by name."""
    return sorted(validation.actions(Protocol(protocol), "from_csms"))


def guide_to(protocol: str, action: str, now: datetime, *, is_full: bool) -> CallGuide:
    """For one of ``list_actions``: its members, and the least or (``is_full``) fullest example."""
    version = Protocol(protocol)
    example = guide.example(version, action, now, is_full=is_full)
    return CallGuide(action, guide.members(version, action), example)


def meaning_of(protocol: str, call: RawCall) -> Command | None:
    """The command that a valid call says in our words; None where they cannot say it.

    What the outbox keeps must be read again, and numbers must fit what they are kept in.
    """
    try:
        meant = codec(Protocol(protocol)).meaning(call.action, call.payload)
        if meant is None or not _fits(parameters(meant)):
            return None
        return parse(meant.declared.name, parameters(meant))
    except (BadParameters, LookupError, ValueError):
        return None


def _fits(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_fits, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_fits, value))
    return not isinstance(value, int) or abs(value) <= _MOST


def _refusal(version: Protocol, action: str) -> str:
    if validation.is_known(version, action):
        return f"{action} is a message of stations; it cannot be sent to one."
    names = ", ".join(list_actions(version))
    return f"{version.value} has no action {action[:64]!r}; it is one of {names}."
