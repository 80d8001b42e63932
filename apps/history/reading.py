"""Reads of all facts from a position, for readers that must miss none.

Facts are written by many transactions at once: one with a smaller key may be committed later,
and who reads by the key alone goes past it. So each row keeps the number of its transaction
(numbers are given in the order in which transactions begin to write), rows are read in the order
of these numbers, and no further than the oldest transaction that still runs: what comes later has
a larger number. A transaction that lasts holds every reader back as long.
"""

from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from apps.history.models import Fact, Position

_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class Place(NamedTuple):
    """Behind this fact, in the order of reading."""

    written_in: int = 0
    fact_id: int = 0


def place_of(name: str) -> Place:
    """How far the reader ``name`` has come; the beginning where it never read."""
    found = Position.objects.filter(name=name).values_list("written_in", "fact_id").first()
    return Place(*found) if found else Place()


def read_after(place: Place, limit: int = 500) -> list[Fact]:
    """The next facts of all organisations behind ``place``, in the order of reading."""
    behind = Q(written_in=place.written_in, id__gt=place.fact_id) | Q(
        written_in__gt=place.written_in
    )
    facts = Fact.objects.filter(behind, written_in__gte=place.written_in)
    if connection.vendor == "postgresql":
        facts = facts.filter(written_in__lt=_oldest_running())
    return list(facts.order_by("written_in", "id")[:limit])


def place_behind(fact: Fact) -> Place:
    return Place(fact.written_in, fact.pk)


def _oldest_running() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        return int(cursor.fetchone()[0])
