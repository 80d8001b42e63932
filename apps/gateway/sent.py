"""What was sent and came back for one command: its calls, and the one answer they make."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from apps.commands.models import CommandRow
from apps.domain.events import CommandAnswered
from apps.gateway.pending import Response
from apps.protocol import Outcome
from apps.protocol.frames import CallError, CallResult


@dataclass(frozen=True, slots=True)
class Sent:
    """One call on the wire and what came of it. ``response`` None: no answer in time.

    ``literal``: the status of the answer by itself, where the call was given word for word.
    """

    action: str
    message_id: str
    at: datetime
    latency_ms: float
    response: Response | None
    outcome: Outcome | None
    literal: str = ""


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
    outcomes = [sent.outcome for sent in done if sent.outcome is not None]
    if last.outcome is None:
        return failed(row, "The answer could not be read")
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


def failed(row: CommandRow, why: str) -> CommandAnswered:
    """No answer that says anything; ``why`` in words."""
    return CommandAnswered(row.pk, "error", why, error_code="InternalError", error_description=why)
