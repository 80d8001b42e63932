"""What becomes of samples with age; which of them may go is said by ``thinning``."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from apps.sessions import machine
from apps.sessions.columns import FACTS
from apps.sessions.machine import Facts
from apps.sessions.marks import AMENDED, CLOCK, is_any
from apps.sessions.models import CONTEXTS, Sample, Session
from apps.sessions.samples import load_whole
from apps.sessions.thinning import Key, superfluous
from ocpp_platform import bulk

PAGE_SESSIONS = 100
MOST_PAGES = 1_000
_KEY = ("session_id", "at", "context")


def thin_samples(*, now: datetime) -> int:
    """Thin the samples of sessions that ended long ago; how many sessions were judged.

    Each is judged once, and a page of them is gone before the next is read. What is left of many
    comes the next time.
    """
    horizon = now - timedelta(days=settings.OCPP_SAMPLES_WHOLE_D)
    old = Session.objects.filter(
        is_thinned__isnull=True, ended_at__lt=horizon, last_received_at__lt=horizon
    ).order_by("ended_at")
    judged = 0
    for _ in range(MOST_PAGES):
        page = list(old.values_list("pk", flat=True)[:PAGE_SESSIONS])
        if not page or not (done := _judge(page)):
            break
        judged += done
    return judged


@transaction.atomic
def _judge(ids: list[int]) -> int:
    """Sessions that others hold are passed over. ``changed_at`` stays: no fact of them changes."""
    free = Session.objects.select_for_update(skip_locked=True).filter(pk__in=ids)
    found = {s.pk: s for s in free.filter(is_thinned__isnull=True).order_by("pk")}
    complete = {pk: s for pk, s in found.items() if _is_complete(s)}
    going = dict(_going(complete))
    rows = [
        (pk, at, CONTEXTS[context])
        for pk, keys in sorted(going.items())
        for at, context in sorted(keys)
    ]
    with bulk.writes() as writes:
        writes.delete(Sample, _KEY, rows, within="at")
    Session.objects.filter(pk__in=found).update(is_thinned=False)
    Session.objects.filter(pk__in=going).update(is_thinned=True)
    return len(found)


def _going(sessions: dict[int, Session]) -> Iterator[tuple[int, set[Key]]]:
    """The keys of the samples that may go, of those sessions that have any."""
    spans = {pk: (s.started_at, s.ended_at) for pk, s in sessions.items() if s.ended_at}
    for pk, samples in load_whole(spans).items():
        if keys := superfluous(samples.values(), *spans[pk], sessions[pk].limit_w):
            yield pk, keys


def _is_complete(session: Session) -> bool:
    """All of it arrived, so that nothing that comes later can move its begin or its end.

    Not where its clock was wrong: samples of it lie elsewhere, and count all the same. Nor where a
    person has put it right, and may want to go back.
    """
    if is_any(session.flags, AMENDED | {CLOCK}):
        return False
    return machine.is_complete(Facts(*(getattr(session, name) for name in FACTS)))
