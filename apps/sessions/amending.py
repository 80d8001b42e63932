"""A person puts right which readings of a session count, and what is one session.

Nothing is deleted: readings stay with the session that its station told them for, and every step
is a fact with who did it and why. What is billed follows by the code that bills.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.batch.parts import Batch
from apps.domain.events import Sample
from apps.domain.vocabulary import SampleContext
from apps.history.kinds import (
    READING_SET_ASIDE,
    READING_TAKEN_BACK,
    SESSION_JOINED,
    SESSION_SPLIT,
    Kind,
)
from apps.history.services import record
from apps.sessions import amendments
from apps.sessions.amended import amendments_of, carry_over, counts, heal, is_here
from apps.sessions.batch import Sessions
from apps.sessions.entry import Entry
from apps.sessions.machine import reach
from apps.sessions.marks import JOINED, JOINED_INTO, SET_ASIDE, SPLIT, with_mark
from apps.sessions.models import Amendment, Session
from apps.sessions.names import name_half
from apps.sessions.samples import load_whole
from apps.stations.refs import find_place
from apps.tariffs.batch import Tariffs
from ocpp_platform import bulk

_FEW = 20
_BEGIN, _END = SampleContext.BEGIN.value, SampleContext.END.value


class CannotAmend(Exception):
    """Why this cannot be done to the session, in words for people."""


@dataclass(frozen=True, slots=True)
class Point:
    """A reading: its instant, by its station, and its context."""

    at: datetime
    context: str


@dataclass(frozen=True, slots=True)
class Word:
    """Who decided, why, and when."""

    actor: Actor
    reason: str
    now: datetime


class What(StrEnum):
    """What is put right."""

    SET_ASIDE = "set_aside"
    TAKE_BACK = "take_back"
    JOIN = "join"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Change:
    """``point``: of which reading, ``other``: with which session, where it is about one."""

    what: What
    point: Point | None = None
    other: Session | None = None


def amend(session: Session, change: Change, *, reason: str, actor: Actor, now: datetime) -> None:
    """Do it. Raises CannotAmend; nothing is done then."""
    said: dict[str, Any] = {"reason": reason, "actor": actor, "now": now}
    if change.what is What.JOIN:
        if change.other is None:
            raise CannotAmend("Say which session is joined.")
        first, second = sorted((session, change.other), key=lambda one: (one.started_at, one.pk))
        join(first, second, **said)
        return
    if change.point is None:
        raise CannotAmend("Say which reading is meant.")
    _OF_READING[change.what](session, change.point, **said)


@transaction.atomic
def set_aside(session: Session, point: Point, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let one reading not count. Raises CannotAmend."""
    word = Word(actor, reason, now)
    batch, (entry,) = _taken(now, session)
    _refuse(amendments.why_not_readings(_row(entry)))
    sample = _sample(entry, point)
    row, is_new = Amendment.objects.get_or_create(
        session_id=entry.id, kind=SET_ASIDE, at=point.at, context=point.context,
        defaults=_said(word),
    )  # fmt: skip
    if not is_new:
        raise CannotAmend(f"It was set aside already, by {row.decided_by}.")
    entry.mark(SET_ASIDE)
    _write(batch, [entry])
    batch.tell()
    _tell(READING_SET_ASIDE, entry, word, at=point.at.isoformat(), register_wh=sample.register_wh)


@transaction.atomic
def take_back(session: Session, point: Point, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a reading count that was set aside. Raises CannotAmend."""
    word = Word(actor, reason, now)
    batch, (entry,) = _taken(now, session)
    _refuse(amendments.why_not_readings(_row(entry)))
    aside = Amendment.objects.filter(session_id=entry.id, kind=SET_ASIDE)
    if not aside.filter(at=point.at, context=point.context).delete()[0]:
        raise CannotAmend("That reading is not set aside.")
    entry.flags = with_mark(entry.flags, SET_ASIDE, is_set=aside.exists())
    _write(batch, [entry])
    batch.tell()
    _tell(READING_TAKEN_BACK, entry, word, at=point.at.isoformat())


@transaction.atomic
def join(first: Session, second: Session, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let the later of two sessions count in the earlier one. Raises CannotAmend."""
    word = Word(actor, reason, now)
    batch, (one, other) = _taken(now, first, second)
    _refuse(amendments.why_not_join(_row(one), _row(other)))
    _refuse(amendments.why_not_over(_row(one), _row(other), _between(first, second)))
    parts_wh = one.totals.energy_wh, other.totals.energy_wh
    Amendment.objects.create(session_id=one.id, other_id=other.id, kind="joined", **_said(word))
    one.add_samples(tuple(_readings(other).values()))
    carry_over(other, one)
    one.facts = amendments.joined(one.known, other.known)
    one.mark(JOINED)
    other.mark(JOINED_INTO)
    heal(one, other)
    _write(batch, [one, other])
    _refuse(amendments.why_not_one(one.totals.energy_wh, parts_wh))
    batch.tell()
    _tell(SESSION_JOINED, one, word, other=other.id)
    _tell(SESSION_JOINED, other, word, into=one.id)


@transaction.atomic
def split(session: Session, point: Point, *, reason: str, actor: Actor, now: datetime) -> Session:
    """Make two of one: the reading ends the first and begins the second. Raises CannotAmend."""
    word = Word(actor, reason, now)
    batch, (one,) = _taken(now, session)
    _refuse(amendments.why_not_split(_row(one), point.at))
    seam, whole_wh = _sample(one, point), one.totals.energy_wh
    later = tuple(s for s in _readings(one).values() if s.at > point.at)
    _refuse("" if seam.register_wh is not None else "That reading shows no register.")
    _refuse("" if counts(seam, _rows_of(one)) else "That reading was set aside.")
    other = _second(batch, one, point.at)
    Amendment.objects.create(
        session_id=one.id, other_id=other.id, kind="split", at=point.at, **_said(word)
    )
    one.add_samples((replace(seam, context=_END),))
    other.add_samples((replace(seam, context=_BEGIN), *later))
    one.facts, _ = amendments.halves(one.known, point.at)
    one.mark(SPLIT)
    carry_over(one, other, point.at)
    _write(batch, [one, other])
    _refuse(amendments.why_not_two(whole_wh, (one.totals.energy_wh, other.totals.energy_wh)))
    batch.tell()
    _tell(SESSION_SPLIT, one, word, other=other.id)
    _tell(SESSION_SPLIT, other, word, of=one.id)
    return Session.objects.get(pk=other.id)


_OF_READING: Mapping[What, Callable[..., object]] = {
    What.SET_ASIDE: set_aside,
    What.TAKE_BACK: take_back,
    What.SPLIT: split,
}


def _second(batch: Batch, one: Entry, at: datetime) -> Entry:
    """The part from then on, a session of its own that its station knows nothing of."""
    sessions = batch.part(Sessions)
    entry = sessions.add(one, name_half(one), amendments.halves(one.known, at)[1])
    entry.tariff_version_id = batch.part(Tariffs).version_at(find_place(one.station_id), at)
    entry.mark(SPLIT)
    return entry


def _taken(now: datetime, *wanted: Session) -> tuple[Batch, list[Entry]]:
    """Locked, in the order in which they were asked for."""
    batch = Batch([], now)
    sessions = batch.part(Sessions)
    names = [(one.station_id, one.transaction_id) for one in wanted]
    sessions.fetch(names)
    found = [entry for name in names if (entry := sessions.find(*name)) is not None]
    if len({entry.id for entry in found}) != len(wanted):
        raise CannotAmend("Two sessions are needed, and both must be there.")
    return batch, found


def _row(entry: Entry) -> Session:
    """As it is now, behind its lock."""
    return Session.objects.get(pk=entry.id)


def _refuse(why: str) -> None:
    if why:
        raise CannotAmend(why)


def _between(first: Session, second: Session) -> QuerySet[Session]:
    """Sessions of their EVSE that began after the one and before the other."""
    here = Session.objects.filter(station_id=first.station_id, evse_id=first.evse_id)
    later = here.filter(started_at__gte=first.ended_at or second.started_at)
    return later.filter(started_at__lt=second.started_at).exclude(pk=first.pk)[:_FEW]


def _rows_of(entry: Entry) -> list[Amendment]:
    return amendments_of({entry.id: entry.flags}).get(entry.id, [])


def _readings(entry: Entry) -> dict[tuple[datetime, str], Sample]:
    """Those of its part, where it was split."""
    told = load_whole({entry.id: reach(entry.known)}).get(entry.id, {})
    rows = _rows_of(entry)
    return {key: sample for key, sample in told.items() if is_here(sample, rows)}


def _sample(entry: Entry, point: Point) -> Sample:
    sample = _readings(entry).get((point.at, point.context))
    if sample is None:
        raise CannotAmend("It has no such reading.")
    return sample


def _write(batch: Batch, entries: Collection[Entry]) -> None:
    for entry in entries:
        entry.is_dirty = entry.needs_total = True
    with bulk.writes() as writes:
        batch.flush(writes)


def _said(word: Word) -> dict[str, Any]:
    return {
        "reason": word.reason[:200], "decided_by": word.actor.label[:160], "decided_at": word.now,
    }  # fmt: skip


def _tell(kind: Kind, entry: Entry, word: Word, **details: Any) -> None:
    record(
        kind, actor=word.actor, organisation_id=entry.organisation_id,
        subject=(entry.id, entry.transaction_id), station_id=entry.station_id,
        reason=word.reason, details=details,
    )  # fmt: skip
