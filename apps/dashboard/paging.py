"""Keyset pages: the same cost at any depth, stable while rows arrive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ocpp_platform import keyset

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """``after`` is the cursor of the next page, "" on the last; ``is_first`` of this one.

    ``looked_to``: how far back this page looked, where it did not look at everything.
    """

    items: list[Any]
    after: str
    is_first: bool
    looked_to: datetime | None = None


def page_of(
    rows: QuerySet[Any],
    order: tuple[str, ...],
    cursor: str,
    size: int = SIZE,
    among: QuerySet[Any] | None = None,
) -> Page:
    """``size`` rows of ``rows`` in ``order`` (its last field unique), from ``cursor`` on.

    A cursor that is not ours begins anew. ``among`` as ``keyset.take`` has it.
    """
    try:
        found = keyset.take(rows, order, size, cursor, among)
    except keyset.BadCursor:
        cursor = ""
        found = keyset.take(rows, order, size, "", among)
    return Page(found.items, found.cursor, not cursor, found.looked_to)
