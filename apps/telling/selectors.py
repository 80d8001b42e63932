"""Reads: what is told of one session. Pages, the support summary and REST all ask here."""

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Actor
from apps.domain.instants import zone_named
from apps.sessions.models import Session
from apps.telling.case import Case, Finding
from apps.telling.diagnosis import diagnose
from apps.telling.evidence import Evidence
from apps.telling.gathering import gather
from apps.telling.stopping import Stop, stop_of
from apps.telling.story import Moment, story_of


@dataclass(frozen=True, slots=True)
class Telling:
    """``stop`` is None while it runs; the first of ``findings`` is the one that matters."""

    evidence: Evidence
    stop: Stop | None
    moments: list[Moment]
    findings: list[Finding]


def tell(actor: Actor, session: Session, *, now: datetime) -> Telling:
    """All that is told of a session that the actor may see; times of day are its location's."""
    zone = zone_named(session.station.location.timezone)
    return told_of(gather(actor, session, now=now, zone=zone), now)


def told_of(evidence: Evidence, now: datetime) -> Telling:
    """The same, of evidence that is there. Pure."""
    stop = stop_of(evidence)
    case = Case(evidence, stop, now)
    return Telling(evidence, stop, story_of(evidence, stop), diagnose(case))
