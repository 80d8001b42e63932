"""From a received text to a call that may be read, in the order that the makers need.

text → frame           repaired by the maker's adapter where it is not JSON
call → payload         adapted to the maker's habits, then validated
problems → repaired    by the table of tolerance; what still stands refuses the call
"""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from apps.domain.vocabulary import Protocol
from apps.protocol import frames, tolerance, validation
from apps.protocol.frames import Call, Frame, Malformed
from apps.protocol.validation import Problem
from apps.protocol.vendors import GENERIC, Adapter


@dataclass(frozen=True, slots=True)
class Examined:
    """``call`` may be read if there are no ``problems`` and no ``refusal``.

    ``refusal`` is the CALLERROR code in 2.0.1 spelling, "" for none. ``notes`` say which
    repairs were made, for the station's list of violations.
    """

    call: Call
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refusal: str = ""
    description: str = ""


def receive(text: str | bytes, adapter: Adapter = GENERIC) -> tuple[Frame, list[str]]:
    """The frame, and a note where the adapter had to repair the text."""
    frame = frames.decode(text)
    if isinstance(frame, Malformed):
        mended = adapter.repair_text(frame.raw)
        second = frames.decode(mended) if mended is not None else frame
        if not isinstance(second, Malformed):
            return second, [f"{adapter.name}: invalid JSON repaired"]
    return frame, []


def examine(
    call: Call,
    protocol: Protocol,
    adapter: Adapter = GENERIC,
    *,
    is_lenient: bool = False,
    assume_zone: tzinfo = UTC,
) -> Examined:
    """Everything that stands between a station's call and its reader. Never raises."""
    refusal = validation.refusal(protocol, call.action)
    if refusal is not None:
        return Examined(call, refusal=refusal, description=f"{call.action[:50]!r} is not for us")
    problems = validation.problems(protocol, call.action, "request", call.payload)
    adapted = adapter.adapt(call, problems)
    notes = []
    if adapted is not call:
        problems = validation.problems(protocol, call.action, "request", adapted.payload)
        notes.append(f"{adapter.name}: adapted")
    if not problems:
        return Examined(adapted, notes)
    repaired = tolerance.repair(
        protocol, call.action, adapted.payload, problems,
        is_lenient=is_lenient, assume_zone=assume_zone,
    )  # fmt: skip
    mended = Call(call.message_id, call.action, repaired.payload)
    return _verdict(mended, notes + repaired.notes, repaired.problems)


@dataclass(frozen=True, slots=True)
class ExaminedAnswer:
    """``payload`` may be read if there is no ``problem``; ``code`` names its kind."""

    payload: dict[str, Any]
    problem: str = ""
    code: str = ""


def examine_answer(protocol: Protocol, action: str, payload: dict[str, Any]) -> ExaminedAnswer:
    """What stands between a station's answer to our call and its reader. Never raises."""
    problems = validation.problems(protocol, action, "response", payload)
    repaired = tolerance.repair_answer(protocol, action, payload, problems)
    if not repaired.problems:
        return ExaminedAnswer(repaired.payload)
    first = repaired.problems[0]
    words = f"The answer is not valid: {first.path or action}: {first.message}"
    return ExaminedAnswer(payload, words[: frames.MAX_DESCRIPTION], first.code)


def _verdict(call: Call, notes: list[str], problems: list[Problem]) -> Examined:
    if not problems:
        return Examined(call, notes)
    first = problems[0]
    description = f"{first.path}: {first.message}"[: frames.MAX_DESCRIPTION]
    return Examined(call, notes, problems, first.code, description)
