"""A transaction id that its station uses a second time, or tells late.

Of two sessions of one name the newest has it. The one before is left ``name~id``, so that what
the station is sent names the one it knows.
"""

from datetime import datetime

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.events import SessionEvent
from apps.protocol import traits_of
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.models import Session

_MOST = 36  # characters of a transaction id
_BEFORE, _HALF = "~", "+"


def named(batch: Batch, item: Item, event: SessionEvent) -> Entry | None:
    """The session of this name; of several of one name, the one that ran then, or there."""
    if event.transaction_id is None:
        return None
    sessions = batch.part(Sessions)
    entry = sessions.find(item.ref.id, event.transaction_id)
    if entry is None or entry.facts is None or not item.traits.is_naming_sessions:
        return entry
    is_elsewhere = event.evse_id is not None and entry.known.evse_id not in (None, event.evse_id)
    if is_elsewhere or (entry.known.has_start and event.at < entry.known.started_at):
        evse_id = event.evse_id if is_elsewhere else None
        former = find_former(
            sessions, item.ref.id, event.transaction_id, at=event.at, evse_id=evse_id
        )
        return former or entry
    return entry


def let_go(sessions: Sessions, entry: Entry) -> None:
    """Its station has given its name to another session."""
    mark = f"{_BEFORE}{entry.id}"
    sessions.rename(entry, entry.transaction_id[: _MOST - len(mark)] + mark)
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
    prefix = f"{transaction_id}{_BEFORE}"
    former = Session.objects.filter(
        station_id=station_id, transaction_id__istartswith=prefix, started_at__lte=at
    )
    if evse_id is not None:
        former = former.filter(evse_id=evse_id)
    name = former.order_by("-started_at").values_list("transaction_id", flat=True).first()
    if name is not None:
        sessions.fetch([(station_id, name)])
    here = [
        entry
        for entry in sessions.by_name.list_from(station_id, prefix)
        if entry.known.started_at <= at and evse_id in (None, entry.known.evse_id)
    ]
    return max(here, key=lambda entry: entry.known.started_at, default=None)


def name_half(entry: Entry) -> str:
    """A name, which its station does not know, for the second part of a session that is split."""
    begun = Session.objects.filter(
        station_id=entry.station_id, transaction_id__startswith=entry.transaction_id[: _MOST - 3]
    ).values_list("transaction_id", flat=True)
    taken = set(begun)
    numbers = (f"{_HALF}{number}" for number in range(2, len(taken) + 3))
    names = (entry.transaction_id[: _MOST - len(number)] + number for number in numbers)
    return next(name for name in names if name not in taken)
