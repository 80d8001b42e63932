"""A transaction id that its station uses a second time, or tells late.

Of two sessions of one name the newest has it. The one before is left ``name~id``, so that what
the station is sent names the one it knows.
"""

from datetime import datetime

from apps.protocol import traits_of
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.models import Session

_MOST = 36  # characters of a transaction id
_BEFORE, _HALF = "~", "+"


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
    sessions: Sessions, station_id: int, transaction_id: str, at: datetime
) -> Entry | None:
    """The session that had this name before, and had begun by then."""
    former = Session.objects.filter(
        station_id=station_id,
        transaction_id__startswith=f"{transaction_id}{_BEFORE}",
        started_at__lte=at,
    )
    name = former.order_by("-started_at").values_list("transaction_id", flat=True).first()
    if name is None:
        return None
    sessions.fetch([(station_id, name)])
    return sessions.find(station_id, name)


def name_half(entry: Entry) -> str:
    """A name, which its station does not know, for the second part of a session that is split."""
    begun = Session.objects.filter(
        station_id=entry.station_id, transaction_id__startswith=entry.transaction_id[: _MOST - 3]
    ).values_list("transaction_id", flat=True)
    taken = set(begun)
    numbers = (f"{_HALF}{number}" for number in range(2, len(taken) + 3))
    names = (entry.transaction_id[: _MOST - len(number)] + number for number in numbers)
    return next(name for name in names if name not in taken)
