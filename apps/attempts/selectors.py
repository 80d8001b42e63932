"""Reads: failed attempts of the actor's organisation, newest first."""

from dataclasses import replace
from datetime import datetime, timedelta

from apps.accounts.models import Actor
from apps.attempts import sources
from apps.attempts.attempt import Attempt, Found, Outcome, Place, Wanted, joined

_INSTANT = timedelta(microseconds=1)


def list_attempts(
    actor: Actor, wanted: Wanted, *, now: datetime, limit: int, below: Place | None = None
) -> tuple[list[Attempt], Place | None]:
    """At most ``limit`` of them below a place, and the place below which more may lie."""
    if below is not None:
        until = below[0] + _INSTANT
        last = until if wanted.before is None else min(until, wanted.before)
        wanted = replace(wanted, before=last)
    found = [_only(source, wanted.outcome) for source in _sources(actor, wanted, now)]
    return joined(found, limit, below)


def count_since(actor: Actor, since: datetime) -> int:
    """Cards that were refused and starts from here that failed; they left no session."""
    return sources.count_refused(actor, since) + sources.count_failed(actor, since)


def _sources(actor: Actor, wanted: Wanted, now: datetime) -> list[Found]:
    found = []
    if wanted.outcome in ("", Outcome.REFUSED, Outcome.NOT_STARTED):
        found.append(sources.presented(actor, wanted, now))
    if wanted.outcome in ("", Outcome.NOT_STARTED):
        found.append(sources.plugged(actor, wanted))
    if wanted.outcome in ("", Outcome.NO_ENERGY, Outcome.NOT_STARTED):
        found.append(sources.without_energy(actor, wanted))
    if wanted.outcome in ("", Outcome.REMOTE_FAILED):
        found.append(sources.by_command(actor, wanted))
    return found


def _only(found: Found, outcome: str) -> Found:
    if not outcome:
        return found
    return Found([a for a in found.attempts if a.outcome == outcome], found.until)
