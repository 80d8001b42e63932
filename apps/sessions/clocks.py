"""Messages told live by a clock that is known to be wrong are taken as of when they were heard.

So are begins and ends that were told shortly before it was known.
"""

from datetime import timedelta

from django.db.models import Q

from apps.batch.items import Item
from apps.batch.parts import Batch, Result
from apps.domain.events import Event, SamplesTaken, SessionEvent
from apps.sessions import hearing
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.hearing import ToldT
from apps.sessions.marks import CLOCK
from apps.sessions.models import Session
from apps.stations.surroundings import Surroundings

_LATELY = timedelta(hours=1)


def by_our_clock(batch: Batch, item: Item, event: ToldT) -> ToldT:
    """The event, or what it says as of now; most are told by a clock that is right."""
    if not _is_off(batch, event):
        return event
    clock_s = batch.part(Surroundings).clock_s(item)
    is_live = hearing.is_by(clock_s, hearing.said_in(event), batch.now)
    return hearing.by_ours(event, batch.now) if is_live else event


def hear(batch: Batch, item: Item, entry: Entry) -> None:
    """What began before its station's clock was known to be wrong, or was right and is no more."""
    facts = entry.known
    if item.offset_s is not None and hearing.runs_away(facts, item.offset_s):
        entry.mark(CLOCK)
    said, heard = facts.start_said_at, facts.start_heard_at
    if facts.offset_s is None and said and heard and heard - said > hearing.LIVE:
        clock_s = batch.part(Surroundings).clock_s(item)
        entry.hear(facts.last_event_at, batch.now, clock_s)


def hear_again(batch: Batch, item: Item, _event: Event, _result: Result) -> None:
    """Sessions that began or ended shortly before their station's clock was known to be wrong."""
    if item.clock is None or not item.clock.is_wrong:
        return
    offset_s, since = item.clock.offset_s, batch.now - _LATELY
    by_it = since + timedelta(seconds=offset_s)
    lately = Q(started_at__range=(by_it, by_it + _LATELY)) | Q(started_at__gt=since)
    rows = Session.objects.filter(lately, station_id=item.ref.id, offset_s=None)
    names = set(rows.values_list("station_id", "transaction_id"))
    sessions = batch.part(Sessions)
    sessions.fetch(names)
    for name in names:
        entry = sessions.find(*name)
        if entry is not None and entry.facts is not None:
            entry.hear_again(offset_s, since)


def _is_off(batch: Batch, event: SessionEvent | SamplesTaken) -> bool:
    if isinstance(event, SamplesTaken):
        is_timed = any(sample.is_trusted for sample in event.samples)
    else:
        is_timed = event.is_trusted and not event.is_offline
    return is_timed and abs(batch.now - hearing.said_in(event)) > hearing.AWAY
