"""Messages told live by a clock that is known to be wrong are taken as of when they were heard.

So are begins and ends that were told shortly before it was known. What is told later is set right.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q

from apps.batch.items import Item
from apps.batch.parts import Batch, Result
from apps.domain.events import Event, SamplesTaken, SessionEvent
from apps.sessions import hearing
from apps.sessions.batch import Sessions
from apps.sessions.crowding import kept_apart
from apps.sessions.entry import Entry
from apps.sessions.hearing import ToldT
from apps.sessions.marks import CLOCK
from apps.sessions.models import Session
from apps.stations.surroundings import Surroundings

_LATELY = timedelta(hours=1)
_A_ZONE_S = 86_400.0  # a clock that is further off may have been lost, and be lost again


def by_our_clock(batch: Batch, item: Item, event: ToldT) -> ToldT:
    """The event, or what it says as of now; most are told by a clock that is right.

    By a clock of which nothing is known it is as told, also where that cannot be: its distances
    say how long it took.
    """
    if not _is_off(batch, event):
        return event
    said_at = hearing.said_in(event)
    clock_s = _clock_s(batch, item, said_at, batch.now)
    if hearing.is_by(clock_s, said_at, batch.now) and not _is_of_an_outage(event):
        item.offset_s = clock_s
        return hearing.by_ours(event, batch.now)
    if clock_s is not None and hearing.may_be_by(clock_s, said_at, batch.now):
        item.set_right_s = clock_s
        return hearing.set_right(event, clock_s)
    return hearing.set_right(event, 0.0)


def dated(batch: Batch, item: Item, entry: Entry, event: ToldT) -> ToldT:
    """By our clock in all that is known of its session, with no reading in the place of another.

    A session keeps its distances: one that began as it was told, before its station's clock was
    known, goes on so, unless it began by a clock that was right; one of which the clock of its
    begin is known is set right as a whole by that.
    """
    if item.set_right_s is not None:
        if entry.facts is not None and _goes_as_told(entry):
            event = hearing.set_right(event, -item.set_right_s)
            item.set_right_s = None
        else:
            entry.mark(CLOCK)
    elif entry.facts is not None and hearing.is_by_another(event, entry.facts, batch.now):
        event = hearing.by_ours(event, batch.now)
    return kept_apart(entry, entry.dated(event, batch.now))


def instant_by_ours(batch: Batch, item: Item, said_at: datetime) -> datetime:
    """Of a status: the instant that its station tells, or now."""
    if abs(batch.now - said_at) <= hearing.AWAY:
        return said_at
    clock_s = batch.part(Surroundings).clock_s(item)
    return batch.now if hearing.is_by(clock_s, said_at, batch.now) else said_at


def hear(batch: Batch, item: Item, entry: Entry) -> None:
    """What began before its station's clock was known to be wrong, or was right and is no more."""
    facts = entry.known
    if item.offset_s is not None and hearing.runs_away(facts, item.offset_s):
        entry.mark(CLOCK)
    said, heard = facts.start_said_at, facts.start_heard_at
    if facts.offset_s is None and said and heard and abs(heard - said) > hearing.LIVE:
        entry.hear(facts.last_event_at, batch.now, _clock_s(batch, item, said, heard))


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
    return hearing.is_dated(event) and abs(batch.now - hearing.said_in(event)) > hearing.AWAY


def _clock_s(batch: Batch, item: Item, said_at: datetime, heard_at: datetime) -> float | None:
    """By how much the station's clock is off, unless it may have begun anew since that was known;
    but for what it told live."""
    known = batch.part(Surroundings)
    clock_s = known.clock_s(item)
    is_far = clock_s is not None and abs(clock_s) > _A_ZONE_S
    if is_far and item.offset_s is None and not hearing.is_by(clock_s, said_at, heard_at):
        return None if known.clock_may_have_restarted(item) else clock_s
    return clock_s


def _goes_as_told(entry: Entry) -> bool:
    began_late = hearing.is_late(replace(entry.known, has_start=True))
    return entry.known.offset_s is not None or (began_late and not entry.is_misdated)


def _is_of_an_outage(event: SessionEvent | SamplesTaken) -> bool:
    """By its station's word."""
    return isinstance(event, SessionEvent) and event.is_offline
