"""Keyset pages: the same cost at any depth, stable while rows arrive."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ocpp_platform import keyset

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """``after`` is the cursor of the next page, "" on the last; ``is_first`` of this one."""

    items: list[Any]
    after: str
    is_first: bool


def page_of(rows: QuerySet[Any], order: tuple[str, ...], cursor: str, size: int = SIZE) -> Page:
    """``size`` rows of ``rows`` in ``order`` (its last field unique), from ``cursor`` on."""
    rows, is_first = _from(rows.order_by(*order), order, cursor)
    found = list(rows[: size + 1])
    more = len(found) > size
    items = found[:size]
    return Page(items, keyset.encode(items[-1], order) if more else "", is_first)


def _from(rows: QuerySet[Any], order: keyset.Order, cursor: str) -> tuple[QuerySet[Any], bool]:
    """What lies behind the cursor, and whether that is all: there is none, or it is not ours."""
    if not cursor:
        return rows, True
    try:
        return rows.filter(keyset.beyond(cursor, order, rows)), False
    except keyset.BadCursor:
        return rows, True
