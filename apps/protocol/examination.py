"""From a received text to a call that may be read, in the order that the makers need.

text → frame           repaired by the maker's adapter where it is not JSON
call → payload         adapted to the maker's habits, then validated
problems → read        by the form of the message, if it has one: nothing of these is refused
problems → repaired    by the table of tolerance otherwise; what still stands refuses the call

A strict station is judged by what it sent: where the schema does not accept that, it is refused
with the code that names the first problem. Nothing is repaired for it, neither text nor payload,
by no table and by no habit of its maker.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from apps.domain.form import Excuse
from apps.domain.vocabulary import Protocol, Strictness
from apps.protocol import deviations, frames, tolerance, validation
from apps.protocol.forms import Forms
from apps.protocol.frames import Call, Frame, Malformed
from apps.protocol.kinds import MAX_WORD, folded
from apps.protocol.v16.forms import FORMS as FORMS_16
from apps.protocol.v201.forms import FORMS as FORMS_201
from apps.protocol.validation import Problem
from apps.protocol.vendors import GENERIC, Profile

MONEY = frozenset({"MeterValues", "StartTransaction", "StopTransaction", "TransactionEvent"})
# What is taken out of a frame of an odd shape, too: who charges, what for, and whether one can.
_NEEDED = MONEY | {"Authorize", "BootNotification", "StatusNotification"}
_BEGINNING = 200
_QUOTED = re.compile(r"""["'](\w{1,40})["']""")
_ACTIONS = {folded(action): action for action in _NEEDED}
_FORMS: dict[Protocol, Forms] = {Protocol.OCPP16: FORMS_16, Protocol.OCPP201: FORMS_201}


@dataclass(frozen=True, slots=True)
class Examined:
    """``call`` may be read if there are no ``problems`` and no ``refusal``.

    ``refusal`` is the CALLERROR code in 2.0.1 spelling, "" for none. ``excuses``: what was odd
    and is read all the same; ``notes`` what its maker's adapter did. ``is_unreadable``: nothing
    can be made of it, and yet it is not refused.
    """

    call: Call
    notes: list[str] = field(default_factory=list)
    excuses: tuple[Excuse, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    refusal: str = ""
    description: str = ""
    is_unreadable: bool = False


def receive(
    text: str | bytes, adapter: Profile = GENERIC, *, reading: Strictness = Strictness.TOLERANT
) -> tuple[Frame, tuple[Excuse, ...]]:
    """The frame, and what was excused where its text or its payload had to be repaired."""
    frame = frames.decode(text)
    if reading is Strictness.STRICT:
        return frame, ()
    if isinstance(frame, Call):
        return _spelled(frame)
    if not isinstance(frame, Malformed):
        return frame, ()
    if frame.meant is not None:
        call, excuses = _spelled(frame.meant)
        if frame.oddity == "odd_payload" or call.action in _NEEDED:
            return call, (Excuse(frame.oddity), *excuses)
    mended = adapter.repair_text(frame.raw)
    second = frames.decode(mended) if mended is not None else frame
    if not isinstance(second, Malformed):
        return second, (Excuse("json_repaired"),)
    return frame, ()


def _spelled(call: Call) -> tuple[Call, tuple[Excuse, ...]]:
    """A call that is needed, by the name that OCPP has for it, where its case is another."""
    if call.action in _NEEDED:
        return call, ()
    action = _ACTIONS.get(folded(call.action))
    if action is None:
        return call, ()
    return replace(call, action=action), (Excuse("wrong_case", "", call.action[:MAX_WORD]),)


def examine(
    call: Call,
    protocol: Protocol,
    adapter: Profile = GENERIC,
    *,
    reading: Strictness = Strictness.TOLERANT,
) -> Examined:
    """Everything that stands between a station's call and its reader. Never raises."""
    action = call.action
    refusal = validation.refusal(protocol, action)
    if refusal is not None:
        return Examined(call, refusal=refusal, description=_not_for_us(protocol, action))
    problems = validation.problems(protocol, action, "request", call.payload)
    if problems and reading is Strictness.STRICT:
        return _refused(call, problems)
    adapted = adapter.adapt(call, problems)
    notes = [] if adapted is call else [f"{adapter.name}: adapted"]
    if not problems:
        return Examined(adapted, notes)
    excuses = deviations.excuses(protocol, action, call.payload, problems)
    return _read(adapted, protocol, notes, excuses)


def _read(
    call: Call, protocol: Protocol, notes: list[str], excuses: tuple[Excuse, ...]
) -> Examined:
    """What the schema did not accept, by its form or by the table."""
    form = _FORMS[protocol].get(call.action)
    if form is not None:
        payload = form.read(call.payload)
        if payload is None:
            return Examined(call, notes, excuses, is_unreadable=True)
        return Examined(replace(call, payload=payload), notes, excuses)
    problems = validation.problems(protocol, call.action, "request", call.payload)
    repaired = tolerance.repair(protocol, call.action, call.payload, problems)
    if repaired.problems:
        return _refused(call, repaired.problems)
    return Examined(replace(call, payload=repaired.payload), notes, excuses)


def _not_for_us(protocol: Protocol, action: str) -> str:
    """What to set at a station that speaks another version than it agreed on."""
    other = next((p for p in Protocol if p is not protocol and _is_heard(p, action)), None)
    if other is None or validation.is_known(protocol, action):
        return f"{action[:50]!r} is not for us"
    return f"{action} belongs to {other.value}, this is {protocol.value}: set the station to one"


def _is_heard(protocol: Protocol, action: str) -> bool:
    return action in validation.actions(protocol, "from_station")


def action_in(raw: str) -> str:
    """The action about money that a broken frame names at its beginning, "" for none."""
    words = (_ACTIONS.get(folded(word)) for word in _QUOTED.findall(raw[:_BEGINNING]))
    return next((action for action in words if action in MONEY), "")


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


def _refused(call: Call, problems: list[Problem]) -> Examined:
    first = problems[0]
    description = f"{first.path}: {first.message}"[: frames.MAX_DESCRIPTION]
    return Examined(call, problems=problems, refusal=first.code, description=description)
