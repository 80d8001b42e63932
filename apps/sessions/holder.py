"""Whose a session is, and what the tokens are worth that are presented in it."""

from dataclasses import replace
from datetime import datetime, timedelta

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.answers import TokenAnswer
from apps.domain.events import SessionEnded, SessionEvent, SessionStarted, Token
from apps.domain.vocabulary import TokenStatus
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.machine import Facts
from apps.sessions.marks import UNAUTHORISED
from apps.stations.surroundings import Surroundings
from apps.tariffs.batch import tell
from apps.tokens.batch import Tokens, Verdict
from apps.tokens.spelling import same

_LONGEST = timedelta(days=30)  # for which a station may keep what it could not tell
_BEGINNINGS = frozenset({"Authorized", "RemoteStart"})  # 2.0.1 triggerReason
_ENDINGS = frozenset({"Deauthorized", "RemoteStop", "StopAuthorized"})


def keep_holder(batch: Batch, item: Item, event: SessionEvent, entry: Entry, before: Facts) -> None:
    """Of a token that was refused and one that was accepted it is the second's, in either order.

    Of two that are worth the same it is that of the first presented (``machine``).
    """
    token, holder = event.token, before.token_uid
    if token is None or not holder or same(holder, token.uid) or _ends(event):
        return
    is_refused = UNAUTHORISED in entry.flags.split()
    verdict = _judge(batch, item, token, entry, starts=True)
    is_accepted = verdict.answer.status is TokenStatus.ACCEPTED
    if is_refused and is_accepted:
        entry.facts = replace(
            entry.known, token_uid=token.uid, token_kind=token.kind, token_at=event.at
        )
    elif not (is_refused or is_accepted):
        entry.facts = replace(
            entry.known,
            token_uid=before.token_uid,
            token_kind=before.token_kind,
            token_at=before.token_at,
        )


def _ends(event: SessionEvent) -> bool:
    return isinstance(event, SessionEnded) or event.trigger in _ENDINGS


def verdict_on(
    batch: Batch, item: Item, event: SessionEvent, entry: Entry | None = None
) -> TokenAnswer | None:
    """Wherever a token is presented the answer says what it is worth (X-09)."""
    if event.token is None:
        return None
    verdict = _judge(batch, item, event.token, entry, starts=_begins(event, entry))
    item.note(verdict.note)
    refused = verdict.answer.status is not TokenStatus.ACCEPTED
    if refused and not isinstance(event, SessionEnded):
        whose, station_id = item.ref.organisation_id, item.ref.id
        at = _presented_at(batch, item, event)
        batch.part(Tokens).note(whose, station_id, event.token, verdict, at)
    if entry is not None and same(entry.known.token_uid, event.token.uid):
        _note_holder(batch, item, entry, event.token)
    if entry is None or isinstance(event, SessionEnded):
        return verdict.answer
    return tell(verdict.answer, entry.tariff_version_id)


def _presented_at(batch: Batch, item: Item, event: SessionEvent) -> datetime:
    """When the card was held: as told, by our clock; when it was heard, where that cannot be."""
    is_ours = item.set_right_s is not None
    clock_s = 0.0 if is_ours else batch.part(Surroundings).clock_s(item) or 0.0
    at = event.at - timedelta(seconds=clock_s)
    is_told = event.is_trusted and batch.now - _LONGEST <= at <= batch.now
    return at if is_told else batch.now


def _begins(event: SessionEvent, entry: Entry | None) -> bool:
    """Whether the token is presented to begin the session, in whichever message (E01)."""
    if isinstance(event, SessionStarted):
        return True
    holds = entry is not None and event.token is not None
    is_holder = holds and same(entry.known.token_uid, event.token.uid)  # type: ignore[union-attr]
    return is_holder and event.trigger in _BEGINNINGS and not isinstance(event, SessionEnded)


def _judge(batch: Batch, item: Item, token: Token, entry: Entry | None, *, starts: bool) -> Verdict:
    """The verdict; for a start also on how many sessions the token has already."""
    organisation_id = item.ref.organisation_id
    verdict = batch.part(Tokens).decide(organisation_id, token, batch.now, starts=starts)
    if not starts or verdict.max_sessions is None:
        return verdict
    own_id = entry.id if entry is not None else 0
    running = batch.part(Sessions).count_running(organisation_id, token.uid, but=own_id)
    return verdict.among(running)


def _note_holder(batch: Batch, item: Item, entry: Entry, token: Token) -> None:
    """Whose session it is, and whether that token may begin one; the last word counts."""
    verdict = _judge(batch, item, token, entry, starts=True)
    entry.token_id = verdict.token_id
    marks = set(entry.flags.split()) - {UNAUTHORISED}
    if verdict.answer.status is not TokenStatus.ACCEPTED:
        marks.add(UNAUTHORISED)
    entry.flags = " ".join(sorted(marks))
