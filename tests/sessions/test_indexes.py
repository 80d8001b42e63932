"""What keeps the busiest rows cheap to write."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q

from apps.sessions.columns import HOT
from apps.sessions.models import Session


def names_of(part: Any) -> Iterator[str]:
    """Every column that an index, a constraint, a condition or an expression names."""
    if isinstance(part, Q):
        for child in part.children:
            yield from [child[0].split("__")[0]] if isinstance(child, tuple) else names_of(child)
    elif isinstance(part, F):
        yield part.name
    elif hasattr(part, "get_source_expressions"):
        for expression in part.get_source_expressions():
            yield from names_of(expression)


def test_no_index_names_a_column_that_every_message_changes() -> None:
    named: set[str] = {field.attname for field in Session._meta.fields if field.db_index}
    for index in (*Session._meta.indexes, *Session._meta.constraints):
        named |= {name.removeprefix("-") for name in index.fields}
        named |= set(names_of(index.condition))
        for expression in getattr(index, "expressions", ()):
            named |= set(names_of(expression))
    assert {"started_at", "ended_at", "is_problem", "token_uid"} <= named
    assert named & (set(HOT) - {"id"}) == set()
