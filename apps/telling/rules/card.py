"""How it began: cards that were refused, starts from afar, reservations. Pure."""

from typing import TYPE_CHECKING

from apps.telling.cards import cards_of
from apps.telling.case import Case, Finding
from apps.telling.orders import Order, order_of
from apps.telling.quantities import several
from apps.telling.refs import Kind, Ref, attempt_ref, command_ref, said_ref

if TYPE_CHECKING:
    from apps.commands.models import CommandRow

_ACCEPTED = "Accepted"
_FAILED = ("rejected", "error", "failed", "expired")  # of others it is not known


def refused(case: Case) -> Finding | None:
    """In the end: by the last verdict, or by the reason of its end."""
    reason = case.session.stop_reason
    if "unauthorised" not in case.flags and reason != "DeAuthorized":
        return None
    if "unauthorised" in case.flags and not case.session.token_uid:
        text = "No card was told when it began, and none was accepted."
        advice = "Look at its start: a station that is free for all can be given a card of its own."
        return Finding("no_card", "faulted", text, advice, case.evidence.edges)
    verdict, refs = _last_refusal(case)
    said = f": {verdict}" if verdict else ""
    if not verdict and "unauthorised" not in case.flags:
        text = "The station ended it as not authorised; nothing here shows why."
        advice = "The station's own list or rule may have said so: look at its local list."
        return Finding("not_authorised", "faulted", text, advice, case.last)
    text = f"The card was refused{said}."
    advice = "Use another card, or correct this one under Tokens."
    return Finding("card_refused", "faulted", text, advice, refs or case.evidence.edges)


def refused_first(case: Case) -> Finding | None:
    """At first, and then accepted: nothing that anybody must do."""
    if "unauthorised" in case.flags or case.session.stop_reason == "DeAuthorized":
        return None
    no = [card for card in cards_of(case.evidence) if not card.is_accepted]
    yes = _accepted(case)
    if not no or yes is None or no[-1].at > yes.at:
        return None
    first = no[-1]
    begin, other = f"refused at {case.clock(first.at)} ({first.verdict}) and", "accepted at"
    text = f"The card was {begin} {other} {case.clock(yes.at)}."
    if first.card.casefold() != case.session.token_uid.casefold():
        other = f"card {case.session.shown_token} was accepted at"
        text = f"Card {first.card} was {begin} {other} {case.clock(yes.at)}."
    advice = "Nothing is to be done: one was accepted in the end."
    return Finding("refused_then_accepted", "ok", text, advice, (*(card.ref for card in no), yes))


def started_from_afar(case: Case) -> Finding | None:
    row = _start_command(case)
    if row is None or row.state not in ("accepted", "confirmed") or row.answered_at is None:
        return None
    by = f" by {row.actor}" if row.actor else ""
    why = f" ({row.reason})" if row.reason else ""
    text = f"It was started remotely{by} at {case.clock(row.created_at)}{why}."
    refs = (command_ref(row), *case.evidence.edges[:1])
    return Finding("started_remotely", "ok", text, "No action is needed.", refs)


def starts_that_failed(case: Case) -> Finding | None:
    failed = [
        row
        for row in case.evidence.commands
        if order_of(row) is Order.START and row.state in _FAILED
        and row.pk != case.session.remote_start_id and row.created_at <= case.session.started_at
    ]  # fmt: skip
    if not failed:
        return None
    many = several(len(failed), "remote start")
    text = f"{many} failed before it, at {case.clock(failed[-1].created_at)}."
    advice = "Each command says what the station answered."
    refs = tuple(command_ref(row) for row in failed)
    return Finding("remote_start_failed", "paused", text, advice, refs)


def several_swipes(case: Case) -> Finding | None:
    """A card that was shown again and again, and refused each time but the last."""
    no = [a for a in case.evidence.attempts if a.verdict != _ACCEPTED]
    if len(no) < 3:
        return None
    text = f"The card was shown {len(no)} times in vain before it began."
    advice = "Verdicts and times are under Tokens."
    return Finding("several_attempts", "paused", text, advice, tuple(map(attempt_ref, no)))


def reserved(case: Case) -> Finding | None:
    if case.session.reservation_id is None:
        return None
    by = f", made by {case.evidence.reserved_by}" if case.evidence.reserved_by else ""
    text = f"It used reservation {case.session.reservation_id}{by}."
    return Finding("reservation", "ok", text, "No action is needed.", case.evidence.edges[:1])


def _accepted(case: Case) -> Ref | None:
    """What accepted it last before it began: a card of its own, or the answer to the start."""
    accepted = [card for card in cards_of(case.evidence) if card.is_accepted]
    if accepted:
        return accepted[-1].ref
    start = case.evidence.start
    if start is not None and start.verdict == _ACCEPTED:
        return Ref(Kind.MESSAGE, start.id, case.session.started_at)
    return None


def _last_refusal(case: Case) -> tuple[str, tuple[Ref, ...]]:
    """The verdict and what says it: of a message of the session, else of the card before it."""
    for said in reversed(case.evidence.said):
        if said.verdict and said.phase != "end":
            is_refused = said.verdict != _ACCEPTED
            return (said.verdict, (said_ref(said),)) if is_refused else ("", ())
    judged = case.evidence.attempts
    is_last = bool(judged) and judged[-1].verdict != _ACCEPTED
    return (judged[-1].verdict, (attempt_ref(judged[-1]),)) if is_last else ("", ())


def _start_command(case: Case) -> "CommandRow | None":
    """By its number, or (1.6 has no such link) the last for its card and its EVSE."""
    session = case.session
    starts = [row for row in case.evidence.commands if order_of(row) is Order.START]
    linked = [row for row in starts if row.pk == session.remote_start_id]
    near = [
        row
        for row in starts
        if row.answered_at is not None and row.state == "confirmed"
        and row.answered_at <= session.last_received_at
    ]  # fmt: skip
    return next(iter(linked or near[-1:]), None)
