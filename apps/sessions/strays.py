"""Readings that overtook the start of their session: kept until it comes, for a day at most."""

from datetime import datetime

from apps.batch.parts import Batch, Part
from apps.batch.reach import Reach
from apps.domain.events import Sample, SessionStarted
from apps.sessions import sequence
from apps.sessions.entry import Entry
from apps.sessions.models import StraySample
from apps.sessions.samples import READING, reading_of, sample_of
from ocpp_platform import bulk
from ocpp_platform.bulk import Writes

_KEY = ("station_id", "evse_id", "at", "context")
_COLUMNS = ("station_id", "evse_id", "received_at", *READING)
_STORED = ("id", "station_id", "evse_id", *READING)

Key = tuple[int, int, datetime, str]
Stored = tuple[int, int, Sample]  # station, EVSE


class Strays(Part):
    """Those of this batch, and those of batches before it, read for all that begins in it."""

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch)
        self._told: dict[Key, tuple[Sample, datetime]] = {}
        self._stored: dict[int, Stored] = {}
        self._taken: set[int] = set()
        self._reach: Reach[int] = Reach()

    def keep(
        self, station_id: int, evse_id: int, samples: tuple[Sample, ...], at: datetime
    ) -> None:
        """``evse_id`` 0: of a station with one connector, which means that one."""
        for sample in samples:
            key = (station_id, evse_id, sample.at, sample.context)
            known = self._told.get(key)
            merged = sequence.merge_samples(known[0], sample) if known else sample
            self._told[key] = merged, at

    def take(self, entry: Entry) -> tuple[Sample, ...]:
        """What was read on the EVSE of a session while it ran; it is kept here no longer."""
        places = {entry.known.evse_id or 0, 0}
        told = [
            key
            for key in self._told
            if key[0] == entry.station_id and key[1] in places and entry.has_run_at(key[2])
        ]
        self._read(entry)
        stored = [
            pk
            for pk, (station_id, evse_id, sample) in self._stored.items()
            if station_id == entry.station_id and evse_id in places and entry.has_run_at(sample.at)
        ]
        self._taken.update(stored)
        return (
            *(self._stored.pop(pk)[2] for pk in stored),
            *(self._told.pop(key)[0] for key in told),
        )

    def flush(self, writes: Writes) -> None:
        if self._taken:
            StraySample.objects.filter(pk__in=self._taken).delete()
        rows = [
            (station_id, evse_id, at, *reading_of(sample))
            for (station_id, evse_id, _, _), (sample, at) in sorted(
                self._told.items(), key=lambda told: told[0]
            )
        ]
        writes.upsert(StraySample, _COLUMNS, _KEY, rows)

    def _read(self, entry: Entry) -> None:
        """What is stored since the entry began; with the first one, since any start did."""
        if self._reach.covers(entry.station_id, entry.known.started_at):
            return
        wanted = {entry.station_id: entry.known.started_at}
        for item, event in self.batch.told(SessionStarted):
            wanted[item.ref.id] = min(event.at, wanted.get(item.ref.id, event.at))
        since = self._reach.extend(wanted)
        for pk, station_id, evse_id, *reading in bulk.find(
            StraySample, _STORED, (("station_id", "="), ("at", ">=")), list(since.items())
        ):
            if pk not in self._taken:
                self._stored[pk] = station_id, evse_id, sample_of(tuple(reading))
