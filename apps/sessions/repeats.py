"""A start that is sent again in other words: another spelling of its card, no milliseconds (1.6).

It is the same where connector, card, second and register are; its key tells the text alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.domain.events import SessionStarted
from apps.domain.vocabulary import SampleContext
from apps.sessions.batch import Sessions
from apps.sessions.claims import register_in
from apps.sessions.entry import Entry
from apps.sessions.models import Session
from apps.sessions.past import Name
from apps.tokens.spelling import same

_BEGIN = SampleContext.BEGIN.value
_SAME, _SAME_WH = timedelta(seconds=1), 0.5
_LATE = timedelta(seconds=5)  # before which nothing that began has ended

Asked = tuple[int, datetime]


class Repeats(Part):
    """Names of sessions that began as a start says; read for all of a batch when one asks."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._asked: set[Asked] = set()
        self._names: set[Name] = set()

    def near(self, station_id: int, at: datetime) -> set[Name]:
        """Of a station, those that began then, and others that were asked for."""
        if (station_id, at) not in self._asked:
            told = {
                (item.ref.id, start.at)
                for item, start in self.batch.told(SessionStarted)
                if self.batch.now - start.at > _LATE
            }
            news = {(station_id, at), *told} - self._asked
            self._asked |= news
            self._names.update(_began(news))
        return {name for name in self._names if name[0] == station_id}


def _began(asked: Iterable[Asked]) -> QuerySet[Session, Name]:
    then = Q()
    for station_id, at in asked:
        then |= Q(station_id=station_id, started_at__range=(at - _SAME, at + _SAME))
    return Session.objects.filter(then).values_list("station_id", "transaction_id")


def find_same_start(batch: Batch, item: Item, start: SessionStarted) -> Entry | None:
    """The session that it has begun, be it over."""
    sessions, found = batch.part(Sessions), []
    if batch.now - start.at > _LATE:
        names = batch.part(Repeats).near(item.ref.id, start.at)
        sessions.fetch(names)
        found = [entry for name in names if (entry := sessions.find(*name))]
    here = [*sessions.open_on(item.ref.id, start.evse_id), *found]
    return next((entry for entry in here if _is_same(entry, start)), None)


def _is_same(entry: Entry, start: SessionStarted) -> bool:
    token, begun_wh = start.token, register_in(start.samples)
    if token is None or not same(entry.known.token_uid, token.uid):
        return False
    if not entry.known.has_start or entry.known.evse_id != start.evse_id:
        return False
    told_wh = _begun_wh(entry)
    if begun_wh is None or told_wh is None or abs(told_wh - begun_wh) >= _SAME_WH:
        return False
    return abs(entry.known.started_at - start.at) < _SAME


def _begun_wh(entry: Entry) -> float | None:
    """As it was told in this batch, else as it is known."""
    begun = [sample for sample in entry.samples.values() if sample.context == _BEGIN]
    return register_in(begun) if begun else entry.totals.meter_start_wh
