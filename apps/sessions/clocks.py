"""Messages told live by a clock that is known to be wrong are taken as of when they were heard."""

from apps.batch.items import Item
from apps.batch.parts import Batch
from apps.domain.events import SamplesTaken, SessionEvent
from apps.sessions import hearing
from apps.sessions.entry import Entry
from apps.sessions.hearing import ToldT
from apps.stations.surroundings import Surroundings


def by_our_clock(batch: Batch, item: Item, event: ToldT) -> ToldT:
    """The event, or what it says as of now; most are told by a clock that is right."""
    if not _is_late(batch, event):
        return event
    clock_s = batch.part(Surroundings).clock_s(item)
    is_live = hearing.is_by(clock_s, hearing.said_in(event), batch.now)
    return hearing.by_ours(event, batch.now) if is_live else event


def hear(batch: Batch, item: Item, entry: Entry) -> None:
    """What began before its station's clock was known to be wrong."""
    facts = entry.known
    said, heard = facts.start_said_at, facts.start_heard_at
    if facts.offset_s is None and said and heard and heard - said > hearing.LIVE:
        clock_s = batch.part(Surroundings).clock_s(item)
        entry.hear(facts.last_event_at, batch.now, clock_s)


def _is_late(batch: Batch, event: SessionEvent | SamplesTaken) -> bool:
    if isinstance(event, SamplesTaken):
        is_timed = any(sample.is_trusted for sample in event.samples)
    else:
        is_timed = event.is_trusted and not event.is_offline
    return is_timed and batch.now - hearing.said_in(event) > hearing.LIVE
