"""Reads: what of a session may be put right, so that it is offered."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import OuterRef, Q, QuerySet, Subquery

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
    return offered_to(actor, [session])[session.pk]


def offered_to(actor: Actor, sessions: Collection[Session]) -> dict[int, list[What]]:
    """The same of many by their numbers, in as few questions as of one."""
    joinable, aside = _joinable(actor, sessions), _with_aside(sessions)
    inner = _first_readings_within(sessions)
    found = {}
    for session in sessions:
        can_split = session.pk in inner and not why_not_split(session, inner[session.pk])
        sensible = {
            What.SET_ASIDE: not why_not_readings(session),
            What.TAKE_BACK: not why_not_readings(session) and session.pk in aside,
            What.JOIN: bool(joinable[session.pk]),
            What.SPLIT: can_split,
        }
        found[session.pk] = [what for what in What if sensible[what]]
    return found


def list_joinable(actor: Actor, session: Session) -> list[Session]:
    """Sessions that are one with it, or of which it is a part; the earliest first."""
    return _joinable(actor, [session])[session.pk]


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


def _joinable(actor: Actor, sessions: Collection[Session]) -> dict[int, list[Session]]:
    asked = [one for one in sessions if one.ended_at is not None and not why_not_cut(one)]
    near = [_near(one) for one in asked]
    others = list_sessions(actor).filter(reduce(or_, near)) if near else Session.objects.none()
    known = sorted(others, key=lambda one: (one.started_at, one.pk))
    found: dict[int, list[Session]] = {one.pk: [] for one in sessions}
    for session in asked:
        beside = [one for one in known if _is_near(session, one)][:_NEIGHBOURS]
        found[session.pk] = [one for one in beside if _is_one(session, one, beside)]
    return found


def _near(session: Session) -> Q:
    """A condition: at its EVSE, and at most ``ADJACENT`` before it or after."""
    since, until = (
        session.started_at - ADJACENT,
        (session.ended_at or session.started_at) + ADJACENT,
    )
    return Q(
        station_id=session.station_id, evse_id=session.evse_id,
        started_at__lte=until, ended_at__gte=since,
    )  # fmt: skip


def _is_near(session: Session, other: Session) -> bool:
    """The same, of one that was read."""
    if session.ended_at is None or other.ended_at is None or other.pk == session.pk:
        return False
    is_there = (other.station_id, other.evse_id) == (session.station_id, session.evse_id)
    is_then = other.started_at <= session.ended_at + ADJACENT
    return is_there and is_then and other.ended_at >= session.started_at - ADJACENT


def _with_aside(sessions: Collection[Session]) -> set[int]:
    """Those of which readings were set aside."""
    ids = [one.pk for one in sessions]
    aside = Amendment.objects.filter(session_id__in=ids, kind="set_aside")
    return set(aside.values_list("session_id", flat=True))


def _first_readings_within(sessions: Collection[Session]) -> dict[int, datetime]:
    """The first reading of the register after the begin of each."""
    inner = Sample.objects.filter(
        session_id=OuterRef("pk"), register_wh__isnull=False, at__gt=OuterRef("started_at")
    )
    first = Subquery(inner.order_by("at").values("at")[:1])
    rows = Session.objects.filter(pk__in=[one.pk for one in sessions]).annotate(first=first)
    return {pk: at for pk, at in rows.values_list("pk", "first") if at is not None}
