"""Reads: what of a session may be put right, so that it is offered."""

from django.db.models import QuerySet

from apps.accounts.models import Actor
from apps.sessions.amending import What
from apps.sessions.amendments import (
    ADJACENT,
    why_not_cut,
    why_not_join,
    why_not_over,
    why_not_readings,
    why_not_split,
)
from apps.sessions.models import Amendment, Sample, Session
from apps.sessions.selectors import list_samples, list_samples_evenly, list_sessions

_OFFERED, _NEIGHBOURS = 200, 20


def offered(actor: Actor, session: Session) -> list[What]:
    """What makes sense of it, in the order in which it is shown."""
    return [what for what in What if _is_sensible(actor, session, what)]


def list_joinable(actor: Actor, session: Session) -> list[Session]:
    """Sessions that are one with it, or of which it is a part; the earliest first."""
    if session.ended_at is None or why_not_cut(session):
        return []
    near = list_sessions(actor).filter(
        station_id=session.station_id, evse_id=session.evse_id,
        started_at__lte=session.ended_at + ADJACENT, ended_at__gte=session.started_at - ADJACENT,
    )  # fmt: skip
    others = list(near.exclude(pk=session.pk).order_by("started_at", "pk")[:_NEIGHBOURS])
    return [other for other in others if _is_one(session, other, others)]


def list_choice(actor: Actor, session: Session) -> QuerySet[Sample]:
    """Readings of its register; of very many some, evenly, and the first and the last."""
    some = list_samples_evenly(actor, session.pk, _OFFERED).values_list("at", flat=True)
    mine = list_samples(actor, session.pk).filter(register_wh__isnull=False)
    edges = (mine.values_list("at", flat=True).first(), mine.values_list("at", flat=True).last())
    return mine.filter(at__in={*some, *(at for at in edges if at is not None)})


def list_aside(session: Session) -> QuerySet[Amendment]:
    """Its readings that were set aside, in the order of time."""
    return Amendment.objects.filter(session=session, kind="set_aside").order_by("at", "context")


def _is_one(session: Session, other: Session, near: list[Session]) -> bool:
    first, second = sorted((session, other), key=lambda one: (one.started_at, one.pk))
    return not (why_not_join(first, second) or why_not_over(first, second, near))


def _is_sensible(actor: Actor, session: Session, what: What) -> bool:
    match what:
        case What.SET_ASIDE:
            return not why_not_readings(session)
        case What.TAKE_BACK:
            return not why_not_readings(session) and list_aside(session).exists()
        case What.JOIN:
            return bool(list_joinable(actor, session))
        case What.SPLIT:
            middle = list_samples(actor, session.pk).filter(
                register_wh__isnull=False, at__gt=session.started_at
            )
            at = middle.values_list("at", flat=True).first()
            return at is not None and not why_not_split(session, at)
