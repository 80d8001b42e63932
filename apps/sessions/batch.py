"""The sessions of one batch: loaded and locked once, decided in memory, written once."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from apps.batch.parts import Batch, Part
from apps.batch.refs import StationRef
from apps.domain.events import (
    ConnectorStatusChanged,
    Event,
    EventsNotified,
    SamplesTaken,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    StationConnected,
)
from apps.domain.form import MessageRefused
from apps.domain.power import EvNeedsTold, EvScheduleTold
from apps.domain.vocabulary import ChargingState, ConnectorStatus, SampleContext
from apps.protocol import traits_of
from apps.sessions import history, machine
from apps.sessions.amended import pass_on
from apps.sessions.by_name import ByName, list_spelt
from apps.sessions.columns import CHANGING, COLUMNS, HOT
from apps.sessions.entry import Entry
from apps.sessions.happenings import Ended
from apps.sessions.machine import Facts
from apps.sessions.marks import UNAUTHORISED
from apps.sessions.models import Sample, Session
from apps.sessions.numbers import next_ids
from apps.sessions.past import Past, find_ended
from apps.sessions.prices import take_price
from apps.sessions.samples import COLUMNS as SAMPLE_COLUMNS
from apps.sessions.samples import sample_rows
from apps.sessions.showing import show
from apps.sessions.totalling import total_anew
from apps.stations.surroundings import Surroundings
from apps.tokens.spelling import same
from ocpp_platform import bulk
from ocpp_platform.bulk import Writes

STATES_BY_STATUS = {
    ConnectorStatus.CHARGING: ChargingState.CHARGING,
    ConnectorStatus.SUSPENDED_EV: ChargingState.SUSPENDED_EV,
    ConnectorStatus.SUSPENDED_EVSE: ChargingState.SUSPENDED_EVSE,
    ConnectorStatus.FINISHING: ChargingState.FINISHING,
}
_ABOUT_PLACES = (
    ConnectorStatusChanged, EventsNotified, StationConnected, EvNeedsTold, EvScheduleTold,
)  # fmt: skip
_END = SampleContext.END.value


def is_of_session(status: ConnectorStatus) -> bool:
    """Whether a connector that is in no session cannot show it."""
    return status in STATES_BY_STATUS


class Sessions(Part):
    """Those that the events name, and those that run where events name none."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._entries: dict[int, Entry] = {}
        self.by_name = ByName()
        self._by_key: dict[tuple[int, str], Entry] = {}
        self._numbers: list[int] = []
        self._crowded: set[int] = set()
        self._past = Past(batch)

    def load(self) -> None:
        named, started, crowded = set(), set(), set()
        for item, event in self.batch.events:
            station_id, transaction_id = item.ref.id, getattr(event, "transaction_id", None)
            if transaction_id is not None:
                named.add((station_id, transaction_id))
            if isinstance(event, SessionStarted) and event.natural_key:
                started.add((station_id, event.natural_key[:120]))
            if _needs_open(event, transaction_id):
                crowded.add(station_id)
        self.fetch(named, started, crowded)

    def fetch(
        self,
        named: Collection[tuple[int, str]],
        started: Collection[tuple[int, str]] = (),
        crowded: Collection[int] = (),
    ) -> None:
        """Lock ``named`` and ``started``, (station, transaction id) and (station, natural key)
        pairs, and every open session of the ``crowded`` stations. What is here already stays.
        """
        self._crowded.update(crowded)
        self._keep_rows(self._rows(named, started, crowded))
        self._keep_rows(self._rows(list_spelt(self.by_name.missing(named)), (), ()))

    def fetch_open(self, station_id: int) -> None:
        """Every open session of a station, where an event leaves open which is meant."""
        if station_id not in self._crowded:
            self.fetch((), (), {station_id})

    def find(self, station_id: int, transaction_id: str) -> Entry | None:
        return self.by_name.find((station_id, transaction_id))

    def rename(self, entry: Entry, transaction_id: str) -> None:
        self.by_name.rename(entry, transaction_id)

    def key(self, entry: Entry, natural_key: str) -> None:
        """Its start has come, and is known again if it is sent again."""
        entry.natural_key = natural_key
        self._by_key[entry.station_id, natural_key] = entry
        if not entry.is_new:
            Session.objects.filter(pk=entry.id).update(natural_key=natural_key)

    def find_start(self, station_id: int, natural_key: str) -> Entry | None:
        return self._by_key.get((station_id, natural_key))

    def find_ended_by(self, station_id: int, stop: SessionEnded) -> int | None:
        """The session that this very stop, which names none, has ended before."""
        if stop.transaction_id is not None:
            return None
        last = [(s.context, s.register_wh) for s in stop.samples if s.context == _END]
        here = (e for e in self._entries.values() if e.station_id == station_id and e.is_ended)
        for entry in here:
            told = entry.known.ended_at, entry.known.end_said_at
            same = not stop.is_trusted or stop.at in told
            if same and set(last) & {(s.context, s.register_wh) for s in entry.samples.values()}:
                return entry.id
        return find_ended(station_id, stop, last[-1][1] if last else None)

    def open_on(self, station_id: int, evse_id: int | None = None) -> list[Entry]:
        """Sessions that run there now, oldest first."""
        return [
            entry
            for entry in self._entries.values()
            if entry.station_id == station_id
            and not entry.is_ended
            and evse_id in (None, entry.known.evse_id)
        ]

    def find_ended_at(self, station_id: int, evse_id: int | None, at: datetime) -> Entry | None:
        """The session that ran there then, and has ended since: in this batch, or before."""
        self.fetch(self.by_name.missing(self._past.ended_at(station_id, at)))
        ran = (
            entry
            for entry in self._entries.values()
            if entry.station_id == station_id and entry.is_ended and entry.has_run_at(at)
            and evse_id in (None, entry.known.evse_id)
        )  # fmt: skip
        return max(ran, key=lambda entry: entry.known.started_at, default=None)

    def count_running(self, organisation_id: int, token_uid: str, *, but: int) -> int:
        """Open sessions that the token may have, apart from session ``but``."""
        mine = (
            entry
            for entry in self._entries.values()
            if entry.id != but and entry.facts is not None and not entry.is_ended
            and entry.organisation_id == organisation_id
            and same(entry.facts.token_uid, token_uid)
            and UNAUTHORISED not in entry.flags.split()
        )  # fmt: skip
        stored = self._past.running(organisation_id, token_uid)
        return len(stored - {but, *self._entries}) + sum(1 for _ in mine)

    def open(self, ref: StationRef, protocol: str, event: SessionEvent, key: str = "") -> Entry:
        """A new session. 1.6: its id is the transactionId that the station is told."""
        session_id = self._next_id()
        entry = Entry(
            id=session_id,
            organisation_id=ref.organisation_id,
            station_id=ref.id,
            transaction_id=event.transaction_id or str(session_id),
            natural_key=key or None,
            protocol=protocol,
            facts=None,
            is_new=True,
            limit_w=self.batch.part(Surroundings).power_w(ref, event.evse_id),
        )
        self._keep(entry)
        return entry

    def add(self, beside: Entry, transaction_id: str, facts: Facts) -> Entry:
        """A session of the same station that none of its messages began."""
        entry = Entry(
            self._next_id(), beside.organisation_id, beside.station_id, transaction_id, None,
            beside.protocol, facts, token_id=beside.token_id, limit_w=beside.limit_w,
            last_received_at=beside.last_received_at, is_new=True,
        )  # fmt: skip
        self._keep(entry)
        return entry

    def take_status(
        self, ref: StationRef, event: ConnectorStatusChanged, said_at: datetime
    ) -> None:
        """The connector's status is the state of the session on it, where a version has it so.
        ``event`` is by our clock where that is known, ``said_at`` by its station's."""
        state = STATES_BY_STATUS.get(event.status)
        if state is None:
            return
        for entry in self.open_on(ref.id, event.evse_id):
            is_told = traits_of(entry.protocol).shows_session_by_status
            at = event.at if entry.known.offset_s is None else said_at
            if is_told and entry.known.started_at <= machine.by_ours(entry.known, at):
                entry.facts = machine.merge_state(entry.known, state, at)
                entry.is_dirty = True

    def take_earlier_statuses(self, entry: Entry, told: Iterable[tuple[str, datetime]]) -> None:
        """1.6: statuses that overtook the start of their session."""
        for status, at in told:
            state = STATES_BY_STATUS.get(ConnectorStatus(status))
            if state is not None:
                entry.facts = machine.merge_state(entry.known, state, at)

    def close_estimated(self, entry: Entry, at: datetime, reason: str) -> None:
        """End what will not be ended by its station; a true end replaces this."""
        entry.facts = machine.estimate_end(entry.known, at, reason)
        entry.is_dirty = entry.needs_total = True

    def flush(self, writes: Writes) -> None:
        changed = self._changed()
        if pass_on(self, changed):
            changed = self._changed()
        total_anew(self.batch, [e for e in changed if e.needs_total or e.is_ended])
        for entry in changed:
            entry.settle()
            if entry.is_ended:
                take_price(entry)
        history.note(self.batch, changed)
        known = [e for e in changed if not e.is_new]
        writes.insert(Session, COLUMNS, [e.new_row() for e in changed if e.is_new])
        writes.update(Session, HOT, [e.hot_row() for e in known if e.is_only_hot])
        writes.update(Session, CHANGING, [e.changed_row() for e in known if not e.is_only_hot])
        writes.upsert(
            Sample, SAMPLE_COLUMNS, ("session_id", "at", "context"), list(sample_rows(changed))
        )
        show(self.batch, changed, writes)
        ended = [
            (entry.station_id, entry.transaction_id, entry.known.evse_id)
            for entry in changed
            if entry.is_ended
        ]
        if ended:
            self.batch.follow(Ended(ended))

    def _changed(self) -> list[Entry]:
        return sorted((e for e in self._entries.values() if e.is_dirty), key=lambda e: e.id)

    def _rows(
        self,
        named: Collection[tuple[int, str]],
        started: Collection[tuple[int, str]],
        crowded: Collection[int],
    ) -> list[tuple[Any, ...]]:
        found: dict[int, tuple[Any, ...]] = {}
        for column, pairs in (("transaction_id", named), ("natural_key", started)):
            rows = bulk.select(Session, COLUMNS, ("station_id", column), set(pairs))
            found |= {row[0]: row for row in rows}
        stations = {(station_id,) for station_id in crowded}
        rows = bulk.select(Session, COLUMNS, ("station_id",), stations, absent="ended_at")
        found |= {row[0]: row for row in rows}
        return [found[key] for key in sorted(found)]

    def _next_id(self) -> int:
        """Taken at once for all that the batch may open."""
        if not self._numbers:
            self._numbers = next_ids(max(1, len(self._unknown())))
        return self._numbers.pop(0)

    def _unknown(self) -> set[tuple[int, str]]:
        """Station and name of the sessions that are told and not there."""
        told = {
            (item.ref.id, event.transaction_id or event.natural_key[:120])
            for item, event in self.batch.told(SessionStarted)
        }
        told |= {
            (item.ref.id, event.transaction_id)
            for item, event in self.batch.told(SessionEvent)
            if event.transaction_id is not None and item.traits.is_naming_sessions
        }
        return self.by_name.missing(told - self._by_key.keys())

    def _keep_rows(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            if row[0] not in self._entries:
                self._keep(Entry.of_row(row))

    def _keep(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self.by_name.keep(entry)
        if entry.natural_key:
            self._by_key[entry.station_id, entry.natural_key] = entry


def _needs_open(event: Event, transaction_id: str | None) -> bool:
    """Starts, and events that name no session but may be about one that runs at the station."""
    if isinstance(event, (SessionStarted, MessageRefused, *_ABOUT_PLACES)):
        return True
    return isinstance(event, (SessionEvent, SamplesTaken)) and transaction_id is None
