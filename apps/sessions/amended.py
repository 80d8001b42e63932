"""Sessions that a person has put right: which readings of them count, and where."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.domain.events import Sample
from apps.sessions.entry import Entry
from apps.sessions.marks import JOINED_INTO, SET_ASIDE, SPLIT, is_any
from apps.sessions.models import Amendment

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


def counts(sample: Sample, amendments: Iterable[Amendment]) -> bool:
    """Whether a reading counts in the session whose amendments these are."""
    for one in amendments:
        if one.kind == _SPLIT and one.at is not None and sample.at > one.at:
            return False
        if one.kind == SET_ASIDE and (one.at, one.context) == (sample.at, sample.context):
            return False
    return True


def pass_on(sessions: "Sessions", changed: Collection[Entry]) -> bool:
    """Readings that come late for what was joined or split count where it counts now.

    Whether there were any.
    """
    moved = {e.id: e for e in changed if e.samples and is_any(e.flags, _ELSEWHERE)}
    if not moved:
        return False
    whose = Q(kind=_JOINED, other_id__in=moved) | Q(kind=_SPLIT, session_id__in=moved)
    rows = Amendment.objects.filter(whose).select_related("session", "other").order_by("pk")
    return sum(_pass_on(sessions, moved, row) for row in rows) > 0


def _pass_on(sessions: "Sessions", moved: Mapping[int, Entry], row: Amendment) -> bool:
    if row.other is None:
        return False
    source, target = (row.session, row.other) if row.kind == _SPLIT else (row.other, row.session)
    told = moved[source.pk].samples.values()
    late = tuple(sample for sample in told if row.at is None or sample.at > row.at)
    name = target.station_id, target.transaction_id
    sessions.fetch([name] if late else [])
    entry = sessions.find(*name)
    if entry is None or not late:
        return False
    entry.add_samples(late)
    entry.is_dirty = entry.needs_total = True
    return True
