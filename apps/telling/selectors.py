"""Reads: what is told of one session. Pages, the support summary and REST all ask here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Actor
from apps.commands.selectors import list_agreed
from apps.domain.charging import StopSession
from apps.domain.instants import zone_named
from apps.sessions.models import Session
from apps.telling.case import Case, Finding
from apps.telling.diagnosis import diagnose
from apps.telling.evidence import Evidence
from apps.telling.gathering import gather
from apps.telling.stopping import AGREED, Stop, is_prompt, stop_of
from apps.telling.story import Moment, story_of

_UNSAID = "Local"  # as both versions have it where a station leaves the reason out


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


def ask_who_stopped(sessions: Iterable[Session]) -> set[int]:
    """Those of a page whose end followed an agreed order of ours, and whose station gave no reason.

    One question for all: their messages are not read, so a card at the station may have been first.
    """
    unsaid = {s.pk: s.end_heard_at or s.ended_at for s in sessions if s.stop_reason == _UNSAID}
    rows = list_agreed(StopSession, unsaid, AGREED) if unsaid else ()
    ends = ((pk, answered_at, unsaid[pk]) for pk, answered_at in rows)
    return {pk for pk, answered_at, at in ends if at is not None and is_prompt(answered_at, at)}


def told_of(evidence: Evidence, now: datetime) -> Telling:
    """The same, of evidence that is there. Pure."""
    stop = stop_of(evidence)
    case = Case(evidence, stop, now)
    return Telling(evidence, stop, story_of(evidence, stop), diagnose(case))
