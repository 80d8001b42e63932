"""Whether a raw call may be sent: known to the version, ours to send, and valid by its schema."""

from dataclasses import dataclass
from typing import Any

from apps.domain.vocabulary import Protocol
from apps.protocol import validation


@dataclass(frozen=True, slots=True)
class CallProblem:
    """What is wrong with a call; ``path`` is a JSON pointer into the payload, "" for all of it."""

    path: str
    message: str


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


def _refusal(version: Protocol, action: str) -> str:
    if validation.is_known(version, action):
        return f"{action} is a message of stations; it cannot be sent to one."
    names = ", ".join(list_actions(version))
    return f"{version.value} has no action {action[:64]!r}; it is one of {names}."
