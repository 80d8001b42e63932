"""Keyset pages: the same cost at any depth, stable while rows arrive."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """``after`` is the cursor of the next page, "" on the last; ``is_first`` of this one."""

    items: list[Any]
    after: str
    is_first: bool


def page_of(rows: QuerySet[Any], order: tuple[str, ...], cursor: str, size: int = SIZE) -> Page:
    """``size`` rows of ``rows`` in ``order`` (its last field unique), from ``cursor`` on."""
    rows = rows.order_by(*order)
    position = _decode(cursor, len(order))
    if position is not None:
        rows = rows.filter(_beyond(order, position))
    found = list(rows[: size + 1])
    more = len(found) > size
    items = found[:size]
    return Page(items, _encode(items[-1], order) if more else "", position is None)


def _beyond(order: tuple[str, ...], position: list[Any]) -> Q:
    """Lexicographically after ``position``; the first bound alone lets an index be used."""
    beyond, equal = Q(), Q()
    for name, value in zip(order, position, strict=True):
        field = name.lstrip("-")
        beyond |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    first = order[0].lstrip("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": position[0]}) & beyond


def _encode(row: Model, order: tuple[str, ...]) -> str:
    values = [_plain(getattr(row, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return {"t": value.isoformat()} if isinstance(value, datetime) else value


def _decode(cursor: str, length: int) -> list[Any] | None:
    """None for no cursor and for one that nobody gave out."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != length:
            return None
        return [_rich(value) for value in values]
    except (ValueError, binascii.Error, KeyError):
        return None


def _rich(value: Any) -> Any:
    if isinstance(value, dict):
        instant = parse_datetime(value["t"])
        if instant is None:
            raise ValueError(value)
        return instant
    if not isinstance(value, str | int):
        raise ValueError(value)
    return value
