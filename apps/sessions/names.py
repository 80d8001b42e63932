"""A transaction id that its station uses a second time, or tells late.

Of two sessions of one name the newest has it. The one before is left ``name~id``, so that what
the station is sent names the one it knows.
"""

from datetime import datetime
from hashlib import blake2b

from django.db.models import Q, QuerySet

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.events import SessionEvent, SessionStarted
from apps.domain.identifiers import CUT, LONGEST, key_of, may_be_cut, same
from apps.protocol import traits_of
from apps.sessions import seqs
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.models import Session

_DIGEST = 8  # digits
_SURE = 12  # characters of a name that are kept however long it is
_BEFORE, _HALF = "~", "+"


def named(batch: Batch, item: Item, event: SessionEvent) -> Entry | None:
    """The session of this name; of several of one name, the one that ran then, or there."""
    if event.transaction_id is None:
        return None
    sessions = batch.part(Sessions)
    entry = sessions.find(item.ref.id, event.transaction_id)
    if not item.traits.is_naming_sessions:
        return entry
    if entry is None or entry.facts is None:
        return entry or _named_in_part(sessions, item, event)
    is_elsewhere = event.evse_id is not None and entry.known.evse_id not in (None, event.evse_id)
    if is_elsewhere or (entry.known.has_start and event.at < entry.known.started_at):
        former = find_former(
            sessions, item.ref.id, event.transaction_id, at=event.at, evse_id=event.evse_id
        )
        return former or entry
    return entry


def _named_in_part(sessions: Sessions, item: Item, event: SessionEvent) -> Entry | None:
    """The only session that runs there, where this goes on in it and may be its name cut short."""
    name = event.transaction_id or ""
    if len(name) < LONGEST or isinstance(event, SessionStarted) or event.seq is None:
        return None
    sessions.fetch_open(item.ref.id)
    here = sessions.open_on(item.ref.id, event.evse_id)
    if len(here) != 1 or not may_be_cut(here[0].transaction_id, name):
        return None
    if seqs.has(here[0].known.seqs, event.seq) or event.at < here[0].known.said[0]:
        return None
    item.note(f"It names {name}, which is taken for {here[0].transaction_id}")
    return here[0]


def let_go(sessions: Sessions, entry: Entry) -> None:
    """Its station has given its name to another session."""
    sessions.rename(entry, _name_before(entry.transaction_id, f"{_BEFORE}{entry.id}"))
    if not entry.is_new:
        Session.objects.filter(pk=entry.id).update(transaction_id=entry.transaction_id)


def is_nameless(entry: Entry) -> bool:
    """Its station makes names, and has told none: it has the one that we would give."""
    return entry.transaction_id == str(entry.id) and traits_of(entry.protocol).is_naming_sessions


def give(sessions: Sessions, entry: Entry, transaction_id: str) -> None:
    """A later message of its station has named it."""
    sessions.rename(entry, transaction_id)
    if not entry.is_new:
        Session.objects.filter(pk=entry.id).update(transaction_id=transaction_id)


def find_former(
    sessions: Sessions,
    station_id: int,
    transaction_id: str,
    *,
    at: datetime,
    evse_id: int | None = None,
) -> Entry | None:
    """The session that had this name before, and had begun by then: on that EVSE, if any."""
    rows = _rows_before(station_id, transaction_id).filter(started_at__lte=at)
    if evse_id is not None:
        rows = rows.filter(Q(evse_id=evse_id) | Q(evse_id=None))
    names = rows.order_by("-started_at").values_list("transaction_id", flat=True)
    name = next((name for name in names if _was(name, transaction_id)), None)
    if name is not None:
        sessions.fetch([(station_id, name)])
    here = [
        entry
        for entry in sessions.by_name.list_from(station_id, transaction_id.strip()[:_SURE])
        if _was(entry.transaction_id, transaction_id)
        and entry.known.started_at <= at
        and (None in (evse_id, entry.known.evse_id) or evse_id == entry.known.evse_id)
    ]
    return max(here, key=lambda entry: entry.known.started_at, default=None)


def _rows_before(station_id: int, transaction_id: str) -> QuerySet[Session]:
    """Those that may have been called so before; ``_was`` says which were."""
    name = transaction_id.strip()
    is_so = Q(transaction_id__istartswith=f"{name}{_BEFORE}")
    if len(name) > _SURE:
        is_so |= Q(transaction_id__istartswith=name[:_SURE], transaction_id__contains=CUT)
    return Session.objects.filter(is_so, station_id=station_id)


def _name_before(transaction_id: str, mark: str) -> str:
    """What is left of a name beside the mark; of a long one its beginning and a digest."""
    transaction_id = transaction_id.strip()
    room = LONGEST - len(mark)
    if len(transaction_id) <= room:
        return transaction_id + mark
    digest = blake2b(key_of(transaction_id).encode(), digest_size=_DIGEST // 2).hexdigest()
    return f"{transaction_id[: room - _DIGEST - 1]}{CUT}{digest}{mark}"


def _was(name: str, transaction_id: str) -> bool:
    """Whether a session that is called ``name`` now was called so before."""
    _, mark, number = name.rpartition(_BEFORE)
    return bool(mark) and same(name, _name_before(transaction_id, f"{mark}{number}"))


def name_half(entry: Entry) -> str:
    """A name, which its station does not know, for the second part of a session that is split."""
    begun = Session.objects.filter(
        station_id=entry.station_id, transaction_id__startswith=entry.transaction_id[: LONGEST - 3]
    ).values_list("transaction_id", flat=True)
    taken = set(begun)
    numbers = (f"{_HALF}{number}" for number in range(2, len(taken) + 3))
    names = (entry.transaction_id[: LONGEST - len(number)] + number for number in numbers)
    return next(name for name in names if name not in taken)
