"""Readings that overtook the start of their session: kept until it comes, for a day at most."""

from datetime import datetime, timedelta

from django.db.models import Q

from apps.domain.events import Sample
from apps.sessions import energy
from apps.sessions.entry import Entry
from apps.sessions.models import StraySample
from apps.sessions.samples import READING, reading_of, sample_of
from ocpp_platform.bulk import Writes

KEPT_FOR = timedelta(days=1)
_KEY = ("station_id", "evse_id", "at", "context")
_COLUMNS = ("station_id", "evse_id", "received_at", *READING)
_AT_ONCE = 5000

Key = tuple[int, int, datetime, str]


class Strays:
    """Those of one batch, and those of batches before it."""

    def __init__(self) -> None:
        self._told: dict[Key, tuple[Sample, datetime]] = {}

    def keep(
        self, station_id: int, evse_id: int, samples: tuple[Sample, ...], at: datetime
    ) -> None:
        """``evse_id`` 0: of a station with one connector, which means that one."""
        for sample in samples:
            key = (station_id, evse_id, sample.at, sample.context[:20])
            known = self._told.get(key)
            merged = energy.merge_samples(known[0], sample) if known else sample
            self._told[key] = merged, at

    def take(self, entry: Entry) -> tuple[Sample, ...]:
        """What was read on the EVSE of a session while it ran; it is kept here no longer."""
        began_at, ended_at = entry.known.started_at, entry.known.ended_at
        places = {entry.known.evse_id or 0, 0}
        told = [
            key
            for key in self._told
            if key[0] == entry.station_id and key[1] in places and entry.has_run_at(key[2])
        ]
        while_it_ran = Q(at__gte=began_at) & (Q() if ended_at is None else Q(at__lte=ended_at))
        stored = StraySample.objects.filter(
            while_it_ran, station_id=entry.station_id, evse_id__in=places
        )
        rows = list(stored.values_list("pk", *READING))
        if rows:
            StraySample.objects.filter(pk__in=[row[0] for row in rows]).delete()
        return (
            *(sample_of(reading) for _, *reading in rows),
            *(self._told.pop(key)[0] for key in told),
        )

    def flush(self, writes: Writes) -> None:
        rows = [
            (station_id, evse_id, at, *reading_of(sample))
            for (station_id, evse_id, _, _), (sample, at) in sorted(
                self._told.items(), key=lambda told: told[0]
            )
        ]
        writes.upsert(StraySample, _COLUMNS, _KEY, rows)


def let_go(*, now: datetime) -> int:
    """Forget those whose session never began, some thousand at a time. Safe to run twice."""
    gone = 0
    while True:
        old = StraySample.objects.filter(received_at__lte=now - KEPT_FOR).order_by("received_at")
        keys = list(old.values_list("pk", flat=True)[:_AT_ONCE])
        gone += StraySample.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < _AT_ONCE:
            return gone
