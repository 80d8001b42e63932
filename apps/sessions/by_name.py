"""Sessions by their station and transaction id, however its letters are spelt."""

from collections.abc import Collection

from django.db.models import CharField, Q
from django.db.models.functions import Trim, Upper
from django.db.models.lookups import Exact, In

from apps.domain.identifiers import key_of
from apps.sessions.entry import Entry
from apps.sessions.models import Session

Name = tuple[int, str]  # station, transaction id


class ByName:
    """Those that are at hand."""

    def __init__(self) -> None:
        self._entries: dict[Name, Entry] = {}

    def keep(self, entry: Entry) -> None:
        self._entries[_key((entry.station_id, entry.transaction_id))] = entry

    def find(self, name: Name) -> Entry | None:
        return self._entries.get(_key(name))

    def list_from(self, station_id: int, prefix: str) -> list[Entry]:
        """Those of which the name begins so."""
        start = key_of(prefix)
        return [
            entry
            for (where, name), entry in self._entries.items()
            if where == station_id and name.startswith(start)
        ]

    def rename(self, entry: Entry, transaction_id: str) -> None:
        del self._entries[_key((entry.station_id, entry.transaction_id))]
        entry.transaction_id = transaction_id
        self.keep(entry)

    def missing(self, names: Collection[Name]) -> set[Name]:
        """Of these the ones that are not at hand, one spelling of each."""
        return set({_key(n): n for n in names if _key(n) not in self._entries}.values())


def list_spelt(names: Collection[Name]) -> set[Name]:
    """Sessions that these mean in other letters, by the name that is kept. One query, or none."""
    if not names:
        return set()
    wanted = {_key(name) for name in names}
    rows = Session.objects.filter(
        In(_spelling_key(), sorted({key for _, key in wanted})),
        station_id__in={station_id for station_id, _ in wanted},
    ).values_list("station_id", "transaction_id")
    return {name for name in rows if _key(name) in wanted}


def is_named(transaction_id: str) -> Q:
    """A condition on sessions: their station calls them so, however it is spelt."""
    return Q(Exact(_spelling_key(), key_of(transaction_id)))


def _spelling_key() -> Upper:
    """``key_of`` a transaction id, as the database compares it: in the words of the index."""
    return Upper(Trim("transaction_id"), output_field=CharField())


def _key(name: Name) -> Name:
    return name[0], key_of(name[1])
