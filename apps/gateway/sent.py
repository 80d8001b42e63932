"""What was sent and came back for one command: its calls, and the one answer they make."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from apps.batch.items import Settled
from apps.commands.models import CommandRow
from apps.commands.raw import call_of
from apps.domain.command import Command
from apps.domain.events import CommandAnswered
from apps.gateway.link import Link
from apps.gateway.pending import Response
from apps.gateway.replies import masked_text
from apps.journal.masking import masked_frame
from apps.protocol import Outcome
from apps.protocol.errors import ErrorCode
from apps.protocol.examination import ExaminedAnswer, examine_answer
from apps.protocol.frames import CallError, CallResult, Malformed

UNSENT = CallError("", "", "The socket closed before the call went out")
_MOST_RAW = 10_000


@dataclass(frozen=True, slots=True)
class Sent:
    """One call on the wire and what came of it. ``response`` None: no answer in time.

    ``outcome`` None: the answer says nothing, and ``problem`` and its code say why.
    ``literal``: the status of the answer by itself, where the call was given word for word.
    """

    action: str
    message_id: str
    at: datetime
    latency_ms: float = 0.0
    response: Response | None = None
    outcome: Outcome | None = None
    literal: str = ""
    problem: str = ""
    problem_code: str = ""


def judged(sent: Sent, command: Command, row: CommandRow, link: Link) -> Sent:
    """With what the answer means, or why it means nothing."""
    if isinstance(sent.response, Malformed):
        return replace(sent, problem=f"The answer could not be read: {sent.response.reason}")
    if not isinstance(sent.response, CallResult):
        return sent
    examined = examine_answer(link.protocol, sent.action, sent.response.payload)
    if examined.problem:
        return replace(sent, problem=examined.problem, problem_code=examined.code)
    outcome = link.codec.outcome(command, sent.action, examined.payload)
    return replace(sent, outcome=outcome, literal=_literal(row, sent.action, examined, link))


def _literal(row: CommandRow, action: str, answer: ExaminedAnswer, link: Link) -> str:
    """What the answer says to who wrote the call; to us "none there" may be what was asked."""
    if row.verbatim is None:
        return ""
    call = call_of(action, row.verbatim["payload"])
    return link.codec.outcome(call, action, answer.payload).status


def settled(sent: Sent) -> Settled:
    """For the journal: how the call ended."""
    response, how = sent.response, ("timed_out", "", "")
    if isinstance(response, CallResult):
        result = "malformed" if sent.problem else "ok"
        how = result, masked_text(response.payload), sent.problem_code
    elif isinstance(response, CallError):
        answer = {"code": response.code, "description": response.description}
        how = "error", masked_text(answer), response.code
    elif isinstance(response, Malformed):
        how = "malformed", masked_frame(str(response.raw))[:_MOST_RAW], ""
    latency_ms = None if response in (None, UNSENT) else sent.latency_ms
    return Settled(sent.message_id, sent.at, *how, latency_ms)


def merged(row: CommandRow, done: list[Sent]) -> CommandAnswered:
    """One answer of all the calls that carried the command."""
    last = done[-1]
    if last.response is None:
        seconds = f"{settings.OCPP_CALL_TIMEOUT_S:g}"
        return CommandAnswered(row.pk, "timed_out", f"No answer within {seconds} s")
    if isinstance(last.response, CallError):
        code, description = last.response.code, last.response.description
        return CommandAnswered(
            row.pk, "error", code, error_code=code, error_description=description
        )
    if last.outcome is None:
        return _unread(row, last)
    outcomes = [sent.outcome for sent in done if sent.outcome is not None]
    refused = next((o for o in outcomes if o.status != "accepted"), None)
    payloads = [s.response.payload for s in done if isinstance(s.response, CallResult)]
    return CommandAnswered(
        row.pk,
        refused.status if refused else "accepted",
        (refused or outcomes[-1]).detail,
        response=payloads[0] if len(payloads) == 1 else {"parts": payloads},
        values=tuple(value for o in outcomes for value in o.values),
        latency_ms=sum(sent.latency_ms for sent in done),
        transaction_id=last.outcome.transaction_id or row.transaction_id or None,
        is_ongoing=last.outcome.is_ongoing,
        facts=tuple(fact for o in outcomes for fact in o.facts),
        literal=last.literal,
    )


def _unread(row: CommandRow, last: Sent) -> CommandAnswered:
    """An answer that is none; what came is kept beside why."""
    kept = last.response.payload if isinstance(last.response, CallResult) else None
    return replace(
        failed(row, last.problem),
        error_code=last.problem_code or ErrorCode.FORMAT_VIOLATION,
        response=kept,
        latency_ms=last.latency_ms,
    )


def failed(row: CommandRow, why: str) -> CommandAnswered:
    """No answer that says anything; ``why`` in words."""
    return CommandAnswered(row.pk, "error", why, error_code="InternalError", error_description=why)
