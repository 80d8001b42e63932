"""Reads: what was done, in the scope of whoever asks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.commands.models import CommandRow
from apps.history.changes import CHANGES, Changes
from apps.history.doers import CLOCK_KIND, COMMAND_LINE, KEY, PERSON
from apps.history.kinds import COMMAND, COMMAND_GIVEN
from apps.history.models import Fact
from apps.history.selectors import list_done
from apps.stations.selectors import list_identities
from ocpp_platform.scope import scoped

DOERS = {PERSON: PERSON, KEY: KEY, "command-line": COMMAND_LINE, CLOCK_KIND: CLOCK_KIND}
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """``by``: a word of DOERS, or EVERYBODY; "": all but the clock. ``who``: part of a name.

    ``q``: part of the name of what it was done to, or of the reason.
    """

    by: str = ""
    who: str = ""
    kind: str = ""
    station_id: int | None = None
    q: str = ""
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """``station``: its identity now, "" where there is none, or no more. ``changes``: what was and
    what is, by field; ``command``: of a fact about one, as it stands now, if it is still kept.
    """

    fact: Fact
    station: str
    command: CommandRow | None

    @property
    def changes(self) -> Changes:
        """Of a fact of an older age there are only names, or none."""
        kept = self.fact.details.get(CHANGES)
        return kept if isinstance(kept, dict) else {}

    @property
    def details(self) -> dict[str, Any]:
        """What else was written down."""
        return {name: value for name, value in self.fact.details.items() if name != CHANGES}


def list_audit(actor: Actor, wanted: AuditFilter) -> QuerySet[Fact]:
    """Newest first."""
    facts = list_done(actor)
    if wanted.by != EVERYBODY:
        kinds = [DOERS[wanted.by]] if wanted.by else [PERSON, KEY, COMMAND_LINE]
        facts = facts.filter(actor_kind__in=kinds)
    if wanted.kind:
        facts = facts.filter(kind=wanted.kind)
    if wanted.who:
        facts = facts.filter(actor_label__icontains=wanted.who)
    if wanted.q:
        facts = facts.filter(Q(subject_label__icontains=wanted.q) | Q(reason__icontains=wanted.q))
    if wanted.station_id is not None:
        facts = facts.filter(station_id=wanted.station_id)
    return _within(facts, wanted)


def looked_among(actor: Actor, wanted: AuditFilter) -> QuerySet[Fact] | None:
    """What must be looked through for the facts of a filter; None where an index finds them."""
    if wanted.station_id is not None:
        return None
    return _within(list_done(actor), wanted)


def entries_of(actor: Actor, facts: Sequence[Fact]) -> list[Entry]:
    """With what came of them, in a constant number of questions."""
    stations = {fact.station_id for fact in facts if fact.station_id is not None}
    identities = list_identities(actor, sorted(stations))
    given = [f.subject_id for f in facts if f.subject_kind == COMMAND and f.subject_id]
    commands = _commands(actor, given)
    return [
        Entry(
            fact,
            identities.get(fact.station_id or 0, ""),
            commands.get(fact.subject_id or 0) if fact.kind == COMMAND_GIVEN.name else None,
        )
        for fact in facts
    ]


def _commands(actor: Actor, ids: Collection[int]) -> dict[int, CommandRow]:
    if not ids:
        return {}
    return {row.pk: row for row in scoped(CommandRow, actor).filter(pk__in=ids)}


def _within(facts: QuerySet[Fact], wanted: AuditFilter) -> QuerySet[Fact]:
    if wanted.after is not None:
        facts = facts.filter(at__gte=wanted.after)
    if wanted.before is not None:
        facts = facts.filter(at__lt=wanted.before)
    return facts
