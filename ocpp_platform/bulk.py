"""Many rows in one statement: COPY and JSON on PostgreSQL, executemany on SQLite.

Rows are tuples in the order of ``columns`` (attribute names of the model, ``…_id`` for keys).
Everything runs in the caller's transaction, on the default connection.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.db import connection
from django.db.models import Field, Model

if TYPE_CHECKING:
    import psycopg

Rows = Sequence[tuple[Any, ...]]


def insert(model: type[Model], columns: tuple[str, ...], rows: Rows) -> None:
    """Append ``rows``; the database gives the ids."""
    if not rows:
        return
    table, names = model._meta.db_table, ", ".join(columns)
    if connection.vendor == "postgresql":
        with _raw_cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            copy.set_types(_types(model, columns))
            for row in rows:
                copy.write_row(row)
    else:
        _each(f"INSERT INTO {table} ({names}) VALUES ({_marks(columns)})", rows)


def update(model: type[Model], columns: tuple[str, ...], rows: Rows) -> None:
    """Set ``columns[1:]`` of the rows whose ``columns[0]`` (the key) is given."""
    if not rows:
        return
    table, key = model._meta.db_table, columns[0]
    if connection.vendor == "postgresql":
        sets = ", ".join(f"{name} = u.{name}" for name in columns[1:])
        _with_rows(
            f"UPDATE {table} t SET {sets} FROM {_given(model, columns)} WHERE t.{key} = u.{key}",
            columns,
            rows,
        )
    else:
        sets = ", ".join(f"{name} = %s" for name in columns[1:])
        _each(f"UPDATE {table} SET {sets} WHERE {key} = %s", [(*row[1:], row[0]) for row in rows])


def upsert(
    model: type[Model], columns: tuple[str, ...], conflict: tuple[str, ...], rows: Rows
) -> None:
    """Insert; where ``conflict`` columns meet a row, keep the larger of each other column."""
    if not rows:
        return
    table, names = model._meta.db_table, ", ".join(columns)
    sets = ", ".join(_larger(table, name) for name in columns if name not in conflict)
    on_conflict = f"ON CONFLICT ({', '.join(conflict)}) DO UPDATE SET {sets}"
    if connection.vendor == "postgresql":
        _with_rows(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {_given(model, columns)}"
            f" {on_conflict}",
            columns,
            rows,
        )
    else:
        _each(f"INSERT INTO {table} ({names}) VALUES ({_marks(columns)}) {on_conflict}", rows)


def select(
    model: type[Model], columns: tuple[str, ...], matching: Mapping[str, Collection[Any]]
) -> list[tuple[Any, ...]]:
    """Rows whose columns each hold one of the given values, locked in the order of their key.

    No values at all for a column: it is NULL.
    """
    if connection.vendor != "postgresql":
        wanted = {f"{k}__in" if v else f"{k}__isnull": v or True for k, v in matching.items()}
        return list(model._default_manager.filter(**wanted).order_by("pk").values_list(*columns))
    where = " AND ".join(
        f"{name} = ANY(%s)" if values else f"{name} IS NULL" for name, values in matching.items()
    )
    names, table = ", ".join(columns), model._meta.db_table
    with _raw_cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {table} WHERE {where} ORDER BY id FOR UPDATE",
            [list(values) for values in matching.values() if values],
            binary=True,
        )
        return cursor.fetchall()


def _larger(table: str, name: str) -> str:
    """GREATEST skips NULL on PostgreSQL; SQLite's max does not."""
    old, new = f"{table}.{name}", f"excluded.{name}"
    if connection.vendor == "postgresql":
        return f"{name} = GREATEST({old}, {new})"
    return f"{name} = COALESCE(MAX({old}, {new}), {old}, {new})"


@contextmanager
def _raw_cursor() -> "Iterator[psycopg.Cursor[Any]]":
    """A cursor that binds on the server, past Django's client-side one.

    Its errors are Django's, so that a lost connection is known for one and replaced.
    """
    import psycopg

    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def _with_rows(statement: str, columns: tuple[str, ...], rows: Rows) -> None:
    objects = [dict(zip(columns, row, strict=True)) for row in rows]
    with _raw_cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(objects, default=str).decode()])


@lru_cache(maxsize=64)
def _types(model: type[Model], columns: tuple[str, ...]) -> tuple[str, ...]:
    named = (cast("Field[Any, Any]", model._meta.get_field(name)) for name in columns)
    return tuple((field.rel_db_type(connection) or "").split("(")[0] for field in named)


@lru_cache(maxsize=64)
def _given(model: type[Model], columns: tuple[str, ...]) -> str:
    """The rows as a table ``u``; they travel as one JSON text, the cheapest to write."""
    kinds = zip(columns, _types(model, columns), strict=True)
    return f"json_to_recordset(%s::json) u ({', '.join(f'{n} {kind}' for n, kind in kinds)})"


def _marks(columns: Iterable[str]) -> str:
    return ", ".join("%s" for _ in columns)


def _each(statement: str, rows: Rows) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, [tuple(map(_adapted, row)) for row in rows])


def _adapted(value: Any) -> Any:
    """Datetimes as Django itself writes them on SQLite: UTC without a zone."""
    if hasattr(value, "utcoffset"):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if type(value).__name__ == "Decimal" else value
