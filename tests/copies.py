"""Crowds made by the database itself: ten thousand rows in the time of a few."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Model

Row = TypeVar("Row", bound=Model)


def copies(row: Row, count: int, **varying: str) -> list[Row]:
    """``count`` rows, in the order of their keys: this one, which is saved, and copies of it.

    ``varying``: what differs, as SQL by attribute; in it ``n`` counts the copies from 1.
    """
    if row.pk is None or row._state.adding:
        row.save(force_insert=True)
    meta, quote = row._meta, connection.ops.quote_name
    fields = [
        field
        for field in meta.local_concrete_fields
        if field.attname in varying or not isinstance(field, AutoField)
    ]
    columns = ", ".join(quote(field.column) for field in fields)
    values = ", ".join(varying.get(field.attname, quote(field.column)) for field in fields)
    table, key = quote(meta.db_table), quote(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
            f" WHERE n < {count - 1}) INSERT INTO {table} ({columns})"
            f" SELECT {values} FROM {table}, numbers WHERE {table}.{key} = %s AND n < {count}",
            [row.pk],
        )
    return list(type(row)._default_manager.filter(pk__gte=row.pk).order_by("pk")[:count])


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many statements the block sends, in the one number that the list holds.

    Cheaper than capturing them: the text of a statement with ten thousand keys is not made.
    """
    number = [0]

    def count(run: Callable[..., Any], *statement: Any) -> Any:
        number[0] += 1
        return run(*statement)

    with connection.execute_wrapper(count):
        yield number
