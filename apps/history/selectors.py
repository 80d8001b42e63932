"""Reads: what happened, within one organisation."""

from datetime import datetime

from django.db.models import QuerySet

from apps.history.doers import STATION
from apps.history.kinds import (
    ENERGY_DECIDED,
    READING_SET_ASIDE,
    READING_TAKEN_BACK,
    SESSION_DISCARDED,
    SESSION_JOINED,
    SESSION_SPLIT,
)
from apps.history.models import Fact
from ocpp_platform.scope import Insider, scoped

_DECISIONS = tuple(
    kind.name
    for kind in (
        ENERGY_DECIDED, SESSION_DISCARDED, SESSION_JOINED, SESSION_SPLIT, READING_SET_ASIDE,
        READING_TAKEN_BACK,
    )
)  # fmt: skip


def list_done(actor: Insider) -> QuerySet[Fact]:
    """What people, programs, the clock and the command line did, the newest first."""
    return scoped(Fact, actor).exclude(actor_kind=STATION).order_by("-at", "-id")


def list_of_subject(actor: Insider, subject_kind: str, subject_id: int) -> QuerySet[Fact]:
    """What was done to one thing, the newest first; not what a station did."""
    return list_done(actor).filter(subject_kind=subject_kind, subject_id=subject_id)


def list_by_actor(actor: Insider, actor_kind: str, actor_id: int) -> QuerySet[Fact]:
    """What one person or program did, the newest first."""
    return list_done(actor).filter(actor_kind=actor_kind, actor_id=actor_id)


def list_decided(actor: Insider, session_id: int) -> QuerySet[Fact]:
    """What people decided about the bill of a session, the oldest first."""
    facts = scoped(Fact, actor).filter(session_id=session_id, kind__in=_DECISIONS)
    return facts.order_by("at", "id")


def list_of_station(actor: Insider, station_id: int, *, since: datetime) -> QuerySet[Fact]:
    """All that happened at a station, the newest first."""
    facts = scoped(Fact, actor).filter(station_id=station_id, at__gte=since)
    return facts.order_by("-at", "-id")
