"""Sessions of a batch whose totals must be made of all their samples, stored and new."""

from collections.abc import Collection
from operator import attrgetter

from apps.batch.parts import Batch
from apps.domain.events import Sample
from apps.sessions import sequence, thinning
from apps.sessions.amended import amendments_of, counts
from apps.sessions.before import Before
from apps.sessions.bounds import Bounds
from apps.sessions.entry import Entry
from apps.sessions.machine import reach
from apps.sessions.samples import load_samples, load_whole
from apps.sessions.thinning import Key
from apps.sessions.unread import has_zero
from apps.stations.refs import find_places
from apps.tariffs.batch import Tariffs


def total_anew(batch: Batch, entries: Collection[Entry]) -> None:
    """Totals, times, and the periods of what has ended; the tariff is that of the begin."""
    known = [entry for entry in entries if not entry.is_new]
    stored = load_samples({e.id: reach(e.known) for e in known if e.has_register})
    stored |= load_whole({e.id: reach(e.known) for e in known if not e.has_register})
    amendments, bounds = amendments_of({e.id: e.flags for e in entries}), Bounds(batch, entries)
    counting = {}
    for entry in entries:
        told = _all(entry, stored.get(entry.id, {})).values()
        counting[entry.id] = [s for s in told if counts(s, amendments.get(entry.id, ()))]
    before = Before([e for e in entries if e.is_ended and has_zero(counting[e.id])], entries)
    moved = []
    for entry in sorted(entries, key=attrgetter("known.started_at", "id")):
        began_at, entry.shown = entry.known.started_at, before.shown(entry)
        entry.total(counting[entry.id], bounds.since(entry))
        if entry.known.started_at != began_at:
            moved.append(entry)
    _take_tariffs(batch, moved)


def _all(entry: Entry, stored: dict[Key, Sample]) -> dict[Key, Sample]:
    """What is stored of it, and what the batch brought."""
    if entry.is_thinned:
        entry.samples = thinning.news(entry.samples, stored)
    for key, sample in entry.samples.items():
        known = stored.get(key)
        stored[key] = sequence.merge_samples(known, sample) if known else sample
    return stored


def _take_tariffs(batch: Batch, moved: Collection[Entry]) -> None:
    """That of when each began, by a clock that has been set right."""
    places = find_places({entry.station_id for entry in moved})
    for entry in moved:
        began_at = entry.known.started_at
        entry.tariff_version_id = batch.part(Tariffs).version_at(places[entry.station_id], began_at)
