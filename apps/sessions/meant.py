"""Which session a message means: the one that it names, unless what else it tells refutes it.

What names no transaction, or one that cannot be meant, is held against those that run at the
station (``fitting``): it means the only one that all of it fits, and else none.
"""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.events import (
    SamplesTaken,
    SessionEnded,
    SessionEvent,
    SessionStarted,
)
from apps.sessions import fitting, machine
from apps.sessions.batch import Sessions
from apps.sessions.claims import claim_of, known_of, register_in
from apps.sessions.entry import Entry
from apps.sessions.fitting import Claim
from apps.sessions.marks import MISNAMED
from apps.sessions.names import give, is_nameless, let_go, named
from apps.sessions.repeats import find_same_start
from apps.sessions.startless import begun_by
from apps.stations.surroundings import Surroundings
from apps.tokens.spelling import same

SUPERSEDED = "Superseded"
UNKNOWN = "It ends a session that is not known here"


def told(batch: Batch, item: Item, event: SessionEvent) -> Entry | None:
    """``named``; else the session that its station (2.0.1) began there without a name."""
    entry = _named_here(batch, item, event)
    if entry is not None or not item.traits.is_naming_sessions:
        return entry
    sessions = batch.part(Sessions)
    sessions.fetch_open(item.ref.id)
    here = [e for e in sessions.open_on(item.ref.id, event.evse_id) if is_nameless(e)]
    if len(here) != 1 or event.at < here[0].known.said[0]:
        return None
    if event.transaction_id is not None:
        item.note(f"It names the session that began without a name as {event.transaction_id}")
        give(sessions, here[0], event.transaction_id)
    return here[0]


def begun(batch: Batch, item: Item, event: SessionStarted) -> Entry | None:
    """The session that a start is of; none, too, where its name has been used before."""
    entry = _named_here(batch, item, event) or started_before(batch, item, event)
    entry = entry or begun_by(batch, item, event)
    if entry is None or not item.traits.is_naming_sessions or entry.facts is None:
        return entry
    booted_at = batch.part(Surroundings).booted_at(item)
    has_booted = booted_at is not None and booted_at > (entry.last_received_at or booted_at)
    if not fitting.is_reused(entry.known, event, has_booted=has_booted):
        return entry
    if not entry.is_ended and event.evse_id in (None, entry.known.evse_id):
        batch.part(Sessions).close_estimated(entry, entry.known.last_event_at, SUPERSEDED)
    _let_go(batch, item, entry)
    return None


def started_before(batch: Batch, item: Item, event: SessionStarted) -> Entry | None:
    """The session that this start, sent again, has begun: by its key, or told in other words."""
    sessions = batch.part(Sessions)
    if not event.natural_key:
        return None
    entry = sessions.find_start(item.ref.id, event.natural_key[:120])
    if entry is not None or not event.is_trusted:
        return entry
    return find_same_start(batch, item, event)


def ended(batch: Batch, item: Item, event: SessionEnded) -> tuple[Entry | None, str]:
    """The session that a stop ends; where it is none, why."""
    entry = told(batch, item, event)
    if item.traits.is_naming_sessions and (entry or event.transaction_id is not None):
        return entry, UNKNOWN
    claim = claim_of(event.samples, event)
    if entry is None:
        return _by_fit(batch, item, event, claim)
    if not entry.is_ended:
        return _unless_refuted(batch, item, event, claim, entry)
    newer = _next(batch, item, event, claim, entry)
    if newer is None:
        other = _unless_refuted(batch, item, event, claim, entry)[0]
        return other or entry, ""
    return _noted(item, newer, f"It names transaction {entry.transaction_id}, which has ended"), ""


def sampled(batch: Batch, item: Item, event: SamplesTaken) -> Entry | None:
    """The session that readings are of: as they name it, or as they fit on their connector."""
    if not event.samples:
        return _by_name(batch, item, event)
    if event.transaction_id is None:
        return None if _is_of_main_meter(batch, item, event) else _running(batch, item, event)
    entry = _by_name(batch, item, event)
    if entry is not None and not _is_doubtful(entry, event):
        return entry
    claim = claim_of(event.samples, event)
    batch.part(Sessions).fetch_open(item.ref.id)
    here = batch.part(Sessions).open_on(item.ref.id, event.evse_id or None)
    fits = [e for e in here if e is not entry and _fits(batch, item, claim, e, entry)]
    if len(fits) == 1:
        item.note(
            f"It names transaction {event.transaction_id}; taken for {fits[0].transaction_id}"
        )
        return fits[0]
    return entry


def may_be_early(batch: Batch, item: Item, event: SamplesTaken) -> bool:
    """Whether readings of no session are kept for one whose start may still come."""
    is_free = event.transaction_id is None and bool(event.samples)
    return is_free and not _is_of_main_meter(batch, item, event)


def _named_here(batch: Batch, item: Item, event: SessionEvent) -> Entry | None:
    """``named``; none where a station uses its name at another EVSE at the same time."""
    entry = named(batch, item, event)
    if entry is None or entry.facts is None or not item.traits.is_naming_sessions:
        return entry
    if event.evse_id in (None, entry.known.evse_id):
        return entry
    is_begun_anew = isinstance(event, SessionStarted) and fitting.is_told_again(entry.known, event)
    claim = Claim(event.at, event.evse_id, None, register_in(event.samples), event.is_trusted)
    known = known_of(batch, item, entry, None)
    if not fitting.is_of_another(claim, known, is_begun_anew=is_begun_anew):
        return entry
    _let_go(batch, item, entry)
    return None


def _let_go(batch: Batch, item: Item, entry: Entry) -> None:
    let_go(batch.part(Sessions), entry)
    item.note(f"Its name was used before, by session {entry.id}")


def _by_fit(
    batch: Batch, item: Item, event: SessionEnded, claim: Claim
) -> tuple[Entry | None, str]:
    """The only session that all of it fits; card and register must outweigh a wrong name."""
    sessions = batch.part(Sessions)
    sessions.fetch_open(item.ref.id)
    running = [
        (entry, known_of(batch, item, entry, event)) for entry in sessions.open_on(item.ref.id)
    ]
    reasons = [fitting.misfit(claim, known) for _, known in running]
    is_named = event.transaction_id is not None
    fits = [
        entry
        for (entry, known), why in zip(running, reasons, strict=True)
        if not why and (not is_named or fitting.is_shown(claim, known))
    ]
    if len(fits) == 1 and is_named:
        return _noted(item, fits[0], f"It names transaction {event.transaction_id}"), ""
    if len(fits) == 1:
        item.note(f"It names no transaction; it fits {fits[0].transaction_id}")
        return fits[0], ""
    if fits:
        return None, "It fits more than one session that runs"
    return None, "; ".join(filter(None, reasons))[:200] or UNKNOWN


def _unless_refuted(
    batch: Batch, item: Item, event: SessionEnded, claim: Claim, entry: Entry
) -> tuple[Entry | None, str]:
    """A stop ends what it names, unless card and register both speak against it."""
    if event.token is None or same(event.token.uid, entry.known.token_uid):
        return entry, ""
    known = known_of(batch, item, entry, event)
    if not fitting.is_refuted(claim, known):
        return entry, ""
    return _by_fit(batch, item, event, claim)


def _next(
    batch: Batch, item: Item, event: SessionEnded, claim: Claim, entry: Entry
) -> Entry | None:
    """The session that came on the connector after the one that is named and has ended."""
    ended_at = entry.known.ended_at
    if ended_at is None or event.at <= ended_at:
        return None
    before = known_of(batch, item, entry, event)
    batch.part(Sessions).fetch_open(item.ref.id)
    newer = [
        other
        for other in batch.part(Sessions).open_on(item.ref.id, entry.known.evse_id)
        if fitting.is_of_next(claim, before, known_of(batch, item, other, event))
    ]
    return newer[0] if len(newer) == 1 else None


def _by_name(batch: Batch, item: Item, event: SamplesTaken) -> Entry | None:
    if event.transaction_id is None:
        return None
    return batch.part(Sessions).find(item.ref.id, event.transaction_id)


def _is_doubtful(entry: Entry, event: SamplesTaken) -> bool:
    """Whether readings are of another connector than the session they name, or after its end."""
    is_elsewhere = event.evse_id not in (0, entry.known.evse_id) and entry.known.evse_id is not None
    ended_at = entry.known.ended_at
    is_later = ended_at is not None and min(sample.at for sample in event.samples) > ended_at
    return is_elsewhere or is_later


def _fits(batch: Batch, item: Item, claim: Claim, entry: Entry, instead_of: Entry | None) -> bool:
    """Whether readings are of ``entry``, and not of the session that they name."""
    known = known_of(batch, item, entry, None)
    if claim.register_wh is None or known.register_wh is None or fitting.misfit(claim, known):
        return False
    if instead_of is None or not instead_of.is_ended:
        return True
    return fitting.is_of_next(claim, known_of(batch, item, instead_of, None), known)


def _running(batch: Batch, item: Item, event: SamplesTaken) -> Entry | None:
    """The session that runs there, or that ran there when the reading was taken."""
    first_at = min(sample.at for sample in event.samples)
    running = [
        entry
        for entry in batch.part(Sessions).open_on(item.ref.id, event.evse_id or None)
        if entry.known.started_at <= machine.by_ours(entry.known, first_at)
    ]
    if running:
        return running[-1] if len(running) == 1 or event.evse_id else None
    return batch.part(Sessions).find_ended_at(item.ref.id, event.evse_id or None, first_at)


def _is_of_main_meter(batch: Batch, item: Item, event: SamplesTaken) -> bool:
    """EVSE 0 is the main meter, except where one with one connector means that, and it fits."""
    if event.evse_id != 0:
        return False
    is_plug = item.traits.means_its_plug_by_zero
    if not (is_plug and batch.part(Surroundings).has_one_plug(item.ref)):
        return True
    claim, running = claim_of(event.samples, event), batch.part(Sessions).open_on(item.ref.id)
    return any(fitting.wrong_register(claim, known_of(batch, item, e, None)) for e in running)


def _noted(item: Item, entry: Entry, words: str) -> Entry:
    item.note(f"{words}; all of it fits {entry.transaction_id}")
    entry.mark(MISNAMED)
    return entry
