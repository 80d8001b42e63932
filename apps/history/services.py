"""Writes: facts, in the transaction of the change that they are about. For services alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.history.doers import Doer
from apps.history.kinds import SESSION, STATION, Kind
from apps.history.models import Fact, Position
from apps.history.reading import Place
from apps.journal.masking import masked

Subject = tuple[int | None, str]  # its number and its name


def record(kind: Kind, **what: Any) -> None:
    """Write down what happened; ``what`` as ``fact_of`` has it."""
    fact_of(kind, **what).save(force_insert=True)


def record_many(facts: Iterable[Fact]) -> None:
    """The same for what one statement made so."""
    Fact.objects.bulk_create(facts)


def fact_of(
    kind: Kind,
    *,
    actor: Doer,
    organisation_id: int,
    subject: Subject,
    station_id: int | None = None,
    session_id: int | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Fact:
    """One to be written; secrets in ``details`` are masked.

    ``now``: without, by the database's clock.
    """
    number, label = subject
    when = {} if now is None else {"at": now}
    return Fact(
        organisation_id=organisation_id,
        kind=kind.name,
        subject_kind=kind.about,
        subject_id=number,
        subject_label=label[:120],
        station_id=number if kind.about == STATION else station_id,
        session_id=number if kind.about == SESSION else session_id,
        actor_kind=actor.actor_kind,
        actor_id=actor.pk,
        actor_label=actor.label[:160],
        reason=masked(reason)[:200],
        details=masked(details or {}),
        **when,
    )


@transaction.atomic
def advance(name: str, *, since: Place, to: Place, now: datetime) -> bool:
    """Keep how far the reader ``name`` has come; False where another one has moved it meanwhile."""
    Position.objects.get_or_create(name=name)
    here = Position.objects.filter(name=name, written_in=since.written_in, fact_id=since.fact_id)
    moved = here.update(written_in=to.written_in, fact_id=to.fact_id, moved_at=now)
    return bool(moved)
