"""Events about sessions: find the session, give it the event, answer for its token."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.commands import questions
from apps.commands.happenings import Answered
from apps.domain.answers import Answer, SessionAnswer, TokenAnswer
from apps.domain.clocks import APART
from apps.domain.commands import GetTransactionStatus
from apps.domain.events import (
    ConnectorStatusChanged,
    SamplesTaken,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    SessionUpdated,
)
from apps.domain.form import MessageRefused, Unreadable
from apps.sessions import clocks, machine, meant
from apps.sessions.batch import Sessions, is_of_session
from apps.sessions.clocks import by_our_clock, instant_by_ours
from apps.sessions.entry import Entry
from apps.sessions.happenings import Told
from apps.sessions.holder import keep_holder, verdict_on
from apps.sessions.marks import TWO_BOXES, UNAUTHORISED, UNREAD
from apps.sessions.odds import odds_of
from apps.sessions.parked import Parked, unreadable
from apps.sessions.prices import cost_so_far
from apps.sessions.refused import refused
from apps.sessions.startless import opened_by
from apps.sessions.strays import Strays
from apps.stations.batch import Stations
from apps.stations.happenings import CameIn
from apps.stations.surroundings import Surroundings
from apps.tariffs.batch import Tariffs

UNKNOWN_TO_STATION = "UnknownToStation"


def started(batch: Batch, item: Item, event: SessionStarted) -> Answer:
    """2.0.1 by the station's id; 1.6 by the natural key, so that a resent start is one."""
    event = by_our_clock(batch, item, event)
    entry = meant.begun(batch, item, event)
    if entry is None:
        _supersede(batch, item, event)
        key = event.natural_key[:120]
        entry = batch.part(Sessions).open(item.ref, item.protocol, event, key)
    if batch.part(Surroundings).has_two_boxes(item.ref):
        entry.mark(TWO_BOXES)
    token = _take(batch, item, entry, event)
    if item.traits.starts_with_card and event.token is None:
        entry.mark(UNAUTHORISED)
    if item.traits.shows_session_by_status:
        told = batch.part(Stations).statuses_since(
            item.ref.id, entry.known.evse_id or 0, entry.known.started_at
        )
        batch.part(Sessions).take_earlier_statuses(entry, told)
    return SessionAnswer(entry.transaction_id, token)


def updated(batch: Batch, item: Item, event: SessionUpdated) -> Answer | Callable[[], Answer]:
    """A reading is answered with the cost so far (I02.FR.01)."""
    event = by_our_clock(batch, item, event)
    entry = meant.told(batch, item, event) or _opened_late(batch, item, event)
    if entry is None:
        batch.part(Parked).park(item, "It names no session")
        return Answer()
    token = _take(batch, item, entry, event)
    if not event.samples:
        return SessionAnswer(entry.transaction_id, token)
    return lambda: SessionAnswer(entry.transaction_id, token, cost_so_far(entry))


def ended(batch: Batch, item: Item, event: SessionEnded) -> Answer | Callable[[], Answer]:
    """Always acknowledged; what fits no session is parked, and closes no other (X-12)."""
    event = by_our_clock(batch, item, event)
    sessions = batch.part(Sessions)
    repeated_id = sessions.find_ended_by(item.ref.id, event)
    entry, why = None, ""
    if repeated_id is None or not event.is_trusted:
        entry, why = meant.ended(batch, item, event)
        entry = entry or _opened_late(batch, item, event)
        if entry is None and why == meant.UNKNOWN:
            entry, event = opened_by(batch, item, event)
    if entry is None and repeated_id is not None:
        item.session_id = repeated_id
        return SessionAnswer(None, verdict_on(batch, item, event))
    if entry is None:
        batch.part(Parked).park(item, why)
        return SessionAnswer(None, verdict_on(batch, item, event))
    was_ended = entry.facts is not None and entry.is_ended
    token = _take(batch, item, entry, event)
    if not was_ended:
        _ask_for_missing(batch, item, entry)
    return lambda: SessionAnswer(entry.transaction_id, token, entry.price_incl_vat)


def sampled(batch: Batch, item: Item, event: SamplesTaken) -> Answer:
    """MeterValues: of the session they name, else of the one that ran on the connector then."""
    event = by_our_clock(batch, item, event)
    entry = meant.sampled(batch, item, event)
    if entry is not None:
        event = clocks.dated(batch, item, entry, event)
        entry.take_samples(event.samples, batch.now)
        clocks.hear(batch, item, entry)
        if event.unread:
            entry.mark(UNREAD)
        item.session_id = entry.id
    elif meant.may_be_early(batch, item, event):
        batch.part(Strays).keep(item.ref.id, event.evse_id, event.samples, batch.now)
    return Answer()


def status_changed(batch: Batch, item: Item, event: ConnectorStatusChanged) -> Answer:
    """What a connector shows is also the state of the session on it, where a version has it so."""
    sessions = batch.part(Sessions)
    is_early = is_of_session(event.status) and not sessions.open_on(item.ref.id, event.evse_id)
    dated = replace(event, at=instant_by_ours(batch, item, event.at))
    batch.part(Stations).status(item.ref, dated, batch.now, is_kept=is_early)
    sessions.take_status(item.ref, dated, event.at)
    batch.station_changed(item.ref)
    return Answer()


def _came(batch: Batch, told: CameIn) -> None:
    """A station that comes back is asked for its transactions before its queue drains (X-19)."""
    item = told.item
    if not item.traits.can(GetTransactionStatus):
        return
    for entry in batch.part(Sessions).open_on(item.ref.id):
        _ask(batch, item, entry, "The station reconnected while this session was open")


def _ask_for_missing(batch: Batch, item: Item, entry: Entry) -> None:
    """An end that is not the next number: messages are missing, or still on their way (E14)."""
    if item.traits.can(GetTransactionStatus) and not machine.is_complete(entry.known):
        _ask(batch, item, entry, "Messages are missing before its end")


def _ask(batch: Batch, item: Item, entry: Entry, why: str) -> None:
    ref = item.ref
    questions.ask(
        (ref.organisation_id, ref.id, ref.identity),
        GetTransactionStatus(entry.transaction_id),
        now=batch.now,
        actor="reconciliation",
        reason=why,
        session_id=entry.id,
    )


def _answered(batch: Batch, told: Answered) -> None:
    """The station knows nothing of it and has nothing queued: it is over (E14.FR.01)."""
    item, event = told.item, told.event
    if told.row.kind is not GetTransactionStatus:
        return
    has_queue = bool((event.response or {}).get("messagesInQueue"))
    if event.is_ongoing is not False or has_queue or event.transaction_id is None:
        return
    entry = batch.part(Sessions).find(item.ref.id, event.transaction_id)
    if entry is not None and not entry.is_ended:
        batch.part(Sessions).close_estimated(entry, entry.known.last_event_at, UNKNOWN_TO_STATION)


def _opened_late(batch: Batch, item: Item, event: SessionEvent) -> Entry | None:
    """Where the station made the id, any event of a session can open it (X-04)."""
    if not item.traits.is_naming_sessions or event.transaction_id is None:
        return None
    return batch.part(Sessions).open(item.ref, item.protocol, event)


def _supersede(batch: Batch, item: Item, event: SessionStarted) -> None:
    """One transaction per EVSE at a time (E01.FR.14): an older one there has lost its end.

    Not where two boxes come in under one identity: then it may be of the other one.
    """
    if event.evse_id is None:
        return
    is_shared = batch.part(Surroundings).has_two_boxes(item.ref)
    for entry in batch.part(Sessions).open_on(item.ref.id, event.evse_id):
        if is_shared:
            entry.mark(TWO_BOXES)
            entry.is_dirty = True
        elif _is_older(entry.known, event, batch.now):
            batch.part(Sessions).close_estimated(entry, entry.known.last_event_at, meant.SUPERSEDED)


def _is_older(facts: machine.Facts, event: SessionStarted, now: datetime) -> bool:
    """By its station's clock; where that stands still, by when it was heard."""
    if facts.said[0] != event.at or facts.start_heard_at is None:
        return facts.said[0] < event.at
    return now - facts.start_heard_at >= APART


def _take(batch: Batch, item: Item, entry: Entry, event: SessionEvent) -> TokenAnswer | None:
    before = entry.facts
    event = clocks.dated(batch, item, entry, event)
    for mark, odd in odds_of(event, entry) if before is not None else ():
        entry.mark(mark)
        item.note(odd)
    entry.take(event, batch.now)
    clocks.hear(batch, item, entry)
    item.session_id = entry.id
    batch.follow(Told(item, event, entry.id))
    if before is None or entry.known.started_at != before.started_at:
        entry.tariff_version_id = batch.part(Tariffs).version_id(item.ref, entry.known.started_at)
    if before is None or entry.place != (before.started_at, before.evse_id):
        entry.overtake(batch.part(Strays).take(entry), batch.now)
    if before is not None:
        keep_holder(batch, item, event, entry, before)
    return verdict_on(batch, item, event, entry)


RARE = {MessageRefused: refused, Unreadable: unreadable}
HOOKS = {Answered: _answered, CameIn: _came}
