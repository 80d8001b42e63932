"""Cursors of keyset pages: where a page ended, as text that a reader carries to the next.

Orders are field names, "-" before those that fall; none nullable, the last of them unique. A
cursor comes back from outside: whatever was not given out here is ``BadCursor``.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, IntegerField, Model, Q, QuerySet

from apps.domain.texts import parse_json

Order = tuple[str, ...]
PAGE_ROWS = 500
NEAR_ROWS, FAR_ROWS = 5_000, 50_000
_LONGEST = 2_000
_STRANGE = "This cursor was not given out here."


class BadCursor(Exception):
    """No cursor of ours."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a list. ``cursor`` leads behind them, "" where nothing is left; where the rows
    behind ``looked_to`` were not looked at yet, it says so, and the cursor leads there.
    """

    items: list[Any]
    cursor: str
    looked_to: datetime | None = None


def take(
    rows: QuerySet[Any],
    order: Order,
    size: int,
    cursor: str = "",
    among: QuerySet[Any] | None = None,
) -> Slice:
    """The first ``size`` of ``rows`` behind ``cursor``. Raises BadCursor.

    ``among``: of these ``rows`` are a part that no index finds, so that only the next FAR_ROWS of
    them are looked at. The order must then begin with an instant that falls.
    """
    rows = rows.order_by(*order)
    if cursor:
        rows = rows.filter(beyond(cursor, order, rows))
        among = None if among is None else among.filter(beyond(cursor, order, among))
    found: list[Any] = []
    floor = None
    for floor in _floors(among, order[0]):
        seen = rows if floor is None else rows.filter(**{f"{order[0].lstrip('-')}__gte": floor})
        found = list(seen[: size + 1])
        if len(found) > size:
            return Slice(found[:size], encode(found[size - 1], order))
    return Slice(found, "" if floor is None else _text([floor, 0]), floor)


def _floors(among: QuerySet[Any] | None, falling: str) -> Iterator[datetime | None]:
    """How far back to look first and then; None: to the end."""
    if among is None:
        yield None
        return
    instants = among.order_by(falling).values_list(falling.lstrip("-"), flat=True)
    for reach in (NEAR_ROWS, FAR_ROWS):
        floor = next(iter(instants[reach : reach + 1]), None)
        yield floor
        if floor is None:
            return


def pages(rows: QuerySet[Any], size: int = PAGE_ROWS) -> Iterator[list[Any]]:
    """``rows`` in the order of their key, each page read when it is asked for.

    What stays as it is after its page was read is not read again, so nothing waits behind it.
    """
    ahead = rows.order_by("pk")
    while page := list(ahead[:size]):
        yield page
        if len(page) < size:
            return
        ahead = ahead.filter(pk__gt=page[-1].pk)


def encode(row: Model, order: Order) -> str:
    """The cursor behind ``row``."""
    return _text([getattr(row, name.lstrip("-")) for name in order])


def _text(values: list[Any]) -> str:
    text = json.dumps(values, default=datetime.isoformat)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def beyond(cursor: str, order: Order, rows: QuerySet[Any]) -> Q:
    """What of ``rows`` lies behind ``cursor``; its first bound alone lets an index be used.

    Raises BadCursor.
    """
    position = _decode(cursor, order, rows)
    later, equal = Q(), Q()
    for name, value in zip(order, position, strict=True):
        field = name.lstrip("-")
        later |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{order[0].lstrip('-')}__{bound}": position[0]}) & later


def _decode(cursor: str, order: Order, rows: QuerySet[Any]) -> list[Any]:
    if len(cursor) > _LONGEST:
        raise BadCursor(_STRANGE)
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        values = parse_json(text)
        return [
            _typed(_field(rows, name.lstrip("-")), value)
            for name, value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError, OverflowError) as error:
        raise BadCursor(_STRANGE) from error


def _field(rows: QuerySet[Any], name: str) -> Any:
    """Of the model (of a key, what it leads to), or what the rows are annotated with."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    field = rows.model._meta.get_field(name)
    return getattr(field, "target_field", field)


def _typed(field: Any, value: Any) -> Any:
    """``value`` as the field has it; ValueError or TypeError where it cannot be from us."""
    if isinstance(field, DateTimeField):
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(value)
        return at.astimezone(UTC)
    expected = int if isinstance(field, IntegerField) else str
    if type(value) is not expected:
        raise TypeError(value)
    field.get_prep_value(value)
    return value
