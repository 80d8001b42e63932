"""Which readings of a session do not count, and why: by what the others say, or by a person."""

from apps.sessions.amended import amendments_of, counts
from apps.sessions.before import find_shown
from apps.sessions.doubts import REGISTER, Doubt, doubts_of
from apps.sessions.hearing import moved
from apps.sessions.machine import reach
from apps.sessions.marks import SET_ASIDE
from apps.sessions.models import Amendment, Sample, Session
from apps.sessions.samples import load_whole
from apps.sessions.sequence import Span
from apps.sessions.unread import has_zero

_MOST_WEIGHED = 10_000


def doubts_in(session: Session) -> tuple[Doubt, ...]:
    """Of a session that has any; all of its samples are weighed for that."""
    amendments = amendments_of({session.pk: session.flags}).get(session.pk, [])
    aside = [doubt for one in amendments if (doubt := _aside(session, one))]
    if not session.is_doubted or session.told > _MOST_WEIGHED:
        return tuple(aside)
    stored = load_whole({session.pk: reach(session)}).get(session.pk, {})
    told = [sample for sample in stored.values() if counts(sample, amendments)]
    samples = moved(told, session.offset_s, session.last_received_at)
    shown = find_shown(session) if session.ended_at and has_zero(samples) else None
    span = Span(session.started_at, session.ended_at, session.limit_w, shown)
    return (*aside, *doubts_of(samples, span))


def _aside(session: Session, one: Amendment) -> Doubt | None:
    """What a person has set aside, as it is told beside what cannot be."""
    if one.kind != SET_ASIDE or one.at is None:
        return None
    sample = Sample.objects.filter(session_id=session.pk, at=one.at, context=one.context).first()
    value = sample.register_wh if sample is not None else None
    return Doubt(one.at, REGISTER, value or 0.0, f"{one.decided_by} set it aside: {one.reason}")
