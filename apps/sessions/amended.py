"""Sessions that a person has put right: which readings of them count, and where."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.domain.events import Sample
from apps.sessions.entry import Entry
from apps.sessions.marks import JOINED_INTO, SET_ASIDE, SPLIT, is_any, with_mark
from apps.sessions.models import Amendment, Session

if TYPE_CHECKING:
    from apps.sessions.batch import Sessions

_LESS = frozenset({SET_ASIDE, SPLIT})  # not all of its readings count
_ELSEWHERE = frozenset({JOINED_INTO, SPLIT})  # they count in another, too
_JOINED, _SPLIT = Amendment.Kind.JOINED, Amendment.Kind.SPLIT

Amendments = Mapping[int, list[Amendment]]


def amendments_of(marks: Mapping[int, str]) -> Amendments:
    """What says which readings do not count, by session; nothing is asked where nobody did that.

    ``marks``: of each session, its flags.
    """
    ids = [session_id for session_id, flags in marks.items() if is_any(flags, _LESS)]
    found: dict[int, list[Amendment]] = defaultdict(list)
    if ids:
        for row in Amendment.objects.filter(session_id__in=ids).exclude(kind=_JOINED):
            found[row.session_id].append(row)
    return found


def counts(sample: Sample, amendments: Collection[Amendment]) -> bool:
    """Whether a reading counts in the session whose amendments these are."""
    return not any(
        one.kind == SET_ASIDE and (one.at, one.context) == (sample.at, sample.context)
        for one in amendments
    ) and is_here(sample, amendments)


def is_here(sample: Sample, amendments: Collection[Amendment]) -> bool:
    """Whether it lies in the part of its session that was left when that was split."""
    cuts = (one.at for one in amendments if one.kind == _SPLIT and one.at is not None)
    return all(sample.at <= at for at in cuts)


def heal(first: Entry, second: Entry) -> None:
    """Where ``first`` was split off from what now counts in it again it is whole: it counts on.

    What it was split from is said by the facts.
    """
    cuts = Amendment.objects.filter(kind=_SPLIT)
    mine = cuts.filter(session_id=first.id).select_related("other")
    void = [row.pk for row in mine if row.other and _is_in(row.other, second.id)]
    cuts.filter(pk__in=void).delete()
    is_split = cuts.filter(Q(session_id=first.id) | Q(other_id=first.id)).exists()
    first.flags = with_mark(first.flags, SPLIT, is_set=is_split)


def carry_over(source: Entry, target: Entry, since: datetime | None = None) -> None:
    """What was set aside of the one does not count in the other either, which has a copy of it.

    What lies after ``since`` is the other's alone from now on, to be taken back there.
    """
    rows = Amendment.objects.filter(session_id=source.id, kind=SET_ASIDE)
    moved = rows if since is None else rows.filter(at__gt=since)
    for row in moved:
        said = {"reason": row.reason, "decided_by": row.decided_by, "decided_at": row.decided_at}
        Amendment.objects.get_or_create(
            session_id=target.id, kind=SET_ASIDE, at=row.at, context=row.context, defaults=said
        )
        target.mark(SET_ASIDE)
    if since is not None:
        moved.delete()
        source.flags = with_mark(source.flags, SET_ASIDE, is_set=rows.exists())


def pass_on(sessions: "Sessions", changed: Collection[Entry]) -> bool:
    """Readings that come late for what was joined or split count where it counts now, however
    often that was moved on. Whether there were any.
    """
    is_passed, walked = False, set[int]()
    moved = _moved(changed)
    while moved:
        rows = [row for row in _ways_on(moved) if row.pk not in walked]
        walked |= {row.pk for row in rows}
        found = (_pass_on(sessions, moved, row, _part_of(row, rows)) for row in rows)
        moved_on = [entry for entry in found if entry is not None]
        is_passed |= bool(moved_on)
        moved = _moved(moved_on)
    return is_passed


def _is_in(half: Session, session_id: int) -> bool:
    return half.pk == session_id or JOINED_INTO in half.flags.split()


def _moved(entries: Iterable[Entry]) -> dict[int, Entry]:
    return {e.id: e for e in entries if e.samples and is_any(e.flags, _ELSEWHERE)}


def _ways_on(moved: Mapping[int, Entry]) -> QuerySet[Amendment]:
    whose = Q(kind=_JOINED, other_id__in=moved) | Q(kind=_SPLIT, session_id__in=moved)
    return Amendment.objects.filter(whose).select_related("session", "other").order_by("pk")


def _source_of(row: Amendment) -> Session | None:
    return row.session if row.kind == _SPLIT else row.other


def _part_of(row: Amendment, rows: Iterable[Amendment]) -> tuple[datetime | None, datetime | None]:
    """After when, and until when, its readings go where the row says."""
    mine = (r for r in rows if r.kind == _SPLIT and r.session == _source_of(row))
    cuts = sorted(r.at for r in mine if r.at is not None)
    return row.at, next((at for at in cuts if row.at is None or at > row.at), None)


def _pass_on(
    sessions: "Sessions",
    moved: Mapping[int, Entry],
    row: Amendment,
    part: tuple[datetime | None, datetime | None],
) -> Entry | None:
    """The session that has got some, if any."""
    source, target = _source_of(row), row.other if row.kind == _SPLIT else row.session
    if source is None or target is None:
        return None
    since, until = part
    late = tuple(
        sample
        for sample in moved[source.pk].samples.values()
        if (since is None or sample.at > since) and (until is None or sample.at <= until)
    )
    name = target.station_id, target.transaction_id
    sessions.fetch([name] if late else [])
    entry = sessions.find(*name)
    if entry is None or not late:
        return None
    entry.add_samples(late)
    entry.is_dirty = entry.needs_total = True
    return entry
