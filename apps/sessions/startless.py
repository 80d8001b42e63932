"""A stop whose start never came is a session all the same, as far as it tells of one (1.6).

It is billed what its own readings show, and marked; where it may be the stop of a session that is
known here in other words it is left to a person. A start that comes later is its own.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q

from apps.batch.items import Item
from apps.batch.parts import Batch, Part
from apps.batch.reach import Reach
from apps.domain.events import Sample, SessionEnded, SessionStarted
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.models import FIRST_ID, Session
from apps.sessions.pace import ROUNDING_WH
from apps.sessions.past import Name
from apps.sessions.timing import ROUNDING
from apps.stations.surroundings import Surroundings
from apps.tokens.spelling import same
from ocpp_platform import bulk

_NAME = ("station_id", "transaction_id")
_LATE = timedelta(seconds=5)
_GUESSED = timedelta(days=1)  # in which the true end of a session may still come
_WITHOUT = (("station_id", "="), ("has_start", "="), ("started_at", ">="))


class Startless(Part):
    """Names of sessions without a start; read for all starts of a batch when the first asks."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._reach: Reach[int] = Reach()
        self._names: set[Name] = set()

    def at(self, station_id: int, at: datetime) -> set[Name]:
        """Those of a station of which nothing is known from before that."""
        if not self._reach.covers(station_id, at):
            wanted = {station_id: at}
            for item, event in self.batch.told(SessionStarted):
                wanted[item.ref.id] = min(event.at, wanted.get(item.ref.id, event.at))
            values = [
                (pk, False, since - ROUNDING) for pk, since in self._reach.extend(wanted).items()
            ]
            self._names.update(bulk.find(Session, _NAME, _WITHOUT, values))
        return {name for name in self._names if name[0] == station_id}


def opened_by(batch: Batch, item: Item, stop: SessionEnded) -> tuple[Entry | None, SessionEnded]:
    """A session of this stop, and what the stop says of it; None where it may be of another."""
    sessions = batch.part(Sessions)
    if item.traits.is_naming_sessions or not stop.is_trusted or not _tells(stop):
        return None, stop
    sessions.fetch_open(item.ref.id)
    if sessions.open_on(item.ref.id) or _is_known(item.ref.id, stop):
        return None, stop
    if batch.part(Surroundings).has_one_plug(item.ref):
        stop = replace(stop, evse_id=1, connector_id=1)
    named = replace(stop, transaction_id=_free(stop.transaction_id))
    item.note("Its start never came; it is a session as far as it tells of one")
    return sessions.open(item.ref, item.protocol, named), stop


def begun_by(batch: Batch, item: Item, start: SessionStarted) -> Entry | None:
    """The session whose stop came before this start."""
    if not start.natural_key or not start.is_trusted or batch.now - start.at < _LATE:
        return None
    sessions = batch.part(Sessions)
    names = batch.part(Startless).at(item.ref.id, start.at)
    sessions.fetch(names)
    found = [entry for name in names if (entry := sessions.find(*name)) and _fits(entry, start)]
    if len(found) != 1:
        return None
    sessions.key(found[0], start.natural_key[:120])
    return found[0]


def _fits(entry: Entry, start: SessionStarted) -> bool:
    """Its card, its register and its time may all be those of the start."""
    facts, shown = entry.known, entry.totals.shown
    if start.token is not None and facts.token_uid and not same(facts.token_uid, start.token.uid):
        return False
    told_wh = max((s.register_wh for s in start.samples if s.register_wh is not None), default=None)
    first_wh, last_wh = shown
    is_possible = told_wh is None or last_wh is None or told_wh <= last_wh + ROUNDING_WH
    has_begin = first_wh is not None and first_wh != last_wh
    is_own = not has_begin or told_wh is None or abs(told_wh - first_wh) <= ROUNDING_WH  # type: ignore[operator]
    return is_possible and is_own and not facts.has_start


def _tells(stop: SessionEnded) -> bool:
    """More than that something ended."""
    return stop.transaction_id is not None or stop.token is not None or len(stop.samples) > 1


def _is_known(station_id: int, stop: SessionEnded) -> bool:
    """Some session of the station ran in its time, as far as it tells that, or has lost its end."""
    began_at = first_at(stop.samples, stop.at)
    near = Session.objects.filter(station_id=station_id, started_at__lte=stop.at)
    ran = Q(ended_at=None) | Q(ended_at__gt=began_at) | Q(ended_at=stop.at)
    guessed = Q(is_estimated=True, ended_at__gt=stop.at - _GUESSED)
    return near.filter(ran | guessed).exists()


def first_at(samples: Iterable[Sample], at: datetime) -> datetime:
    """The first instant that is told of."""
    return min([at, *(sample.at for sample in samples if sample.is_trusted)])


def _free(transaction_id: str | None) -> str | None:
    """A name that none of ours can be, now or later."""
    if transaction_id is None or int(transaction_id) >= FIRST_ID:
        return None
    return transaction_id
