"""Many rows in one statement, many statements in one round trip.

PostgreSQL takes the rows of a statement as one JSON text and the statements as a pipeline;
SQLite takes them one by one. Rows are tuples in the order of ``columns`` (attribute names of
the model, ``…_id`` for keys). Everything runs in the caller's transaction, on the default
connection.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.db import connection
from django.db.models import Field, Model

if TYPE_CHECKING:
    import psycopg

Rows = Sequence[tuple[Any, ...]]
_NOW = {  # as Django's own Now()
    "postgresql": "STATEMENT_TIMESTAMP()",
    "sqlite": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'NOW')",
}


@contextmanager
def writes() -> "Iterator[Writes]":
    """Collect statements, and send them in their order when the block ends well."""
    collected = Writes()
    yield collected
    collected.send()


class Writes:
    """Statements that wait to be sent; one without rows is none."""

    def __init__(self) -> None:
        self._statements: list[tuple[str, tuple[str, ...], Rows]] = []

    def insert(self, model: type[Model], columns: tuple[str, ...], rows: Rows) -> None:
        """Append ``rows``; the database gives the ids that they do not bring."""
        self._add(_insert(model, columns), columns, rows)

    def update(self, model: type[Model], columns: tuple[str, ...], rows: Rows) -> None:
        """Set ``columns[1:]`` of the rows whose ``columns[0]`` (the key) is given.

        Where the model says ``changed_at`` by the database's clock, that is set too.
        """
        self._add(_update(model, columns), columns, rows)

    def upsert(
        self, model: type[Model], columns: tuple[str, ...], conflict: tuple[str, ...], rows: Rows
    ) -> None:
        """Insert; where ``conflict`` columns meet a row, keep the larger of each other column."""
        self._add(_upsert(model, columns, conflict, _larger), columns, rows)

    def count_up(
        self,
        model: type[Model],
        columns: tuple[str, ...],
        conflict: tuple[str, ...],
        rows: Rows,
        *,
        kept: tuple[str, ...] = (),
    ) -> None:
        """Insert; where ``conflict`` columns meet a row, ``count`` is added to what is there.

        Of the others the new value stands, but of those ``kept`` the old one. No two of ``rows``
        may meet each other.
        """
        changing = tuple(name for name in columns if name not in kept)
        self._add(_upsert(model, columns, conflict, _newer, changing), columns, rows)

    def delete(
        self, model: type[Model], columns: tuple[str, ...], rows: Rows, *, within: str
    ) -> None:
        """Delete the rows whose ``columns`` are these.

        ``within``: that of them, an instant, whose first and last bound the partitions looked into.
        """
        if rows:
            instants = [row[columns.index(within)] for row in rows]
            bounds = f"{within} BETWEEN '{min(instants)}' AND '{max(instants)}'"
            self._add(_delete(model, columns, bounds), columns, rows)

    def send(self) -> None:
        statements, self._statements = self._statements, []
        if connection.vendor == "postgresql":
            if statements:
                _pipelined(statements)
            return
        with connection.cursor() as cursor:
            for statement, columns, rows in statements:
                cursor.executemany(statement, [_marked(columns, row) for row in rows])

    def _add(self, statement: str, columns: tuple[str, ...], rows: Rows) -> None:
        if rows:
            self._statements.append((statement, columns, rows))


def select(
    model: type[Model],
    columns: tuple[str, ...],
    keys: tuple[str, ...],
    values: Collection[tuple[Any, ...]],
    absent: str = "",
) -> list[tuple[Any, ...]]:
    """Rows whose ``keys`` are among ``values``, locked in the order of their id.

    ``absent``: a column that must be NULL. SQLite may give rows that mix the keys of two values.
    """
    if not values:
        return []
    lists = [list(part) for part in zip(*values, strict=True)]
    if connection.vendor == "postgresql":
        with _pipelined_cursor() as cursor:
            cursor.execute(_select(model, columns, keys, absent), lists, binary=True)
            return cursor.fetchall()
    wanted: dict[str, Any] = {f"{key}__in": part for key, part in zip(keys, lists, strict=True)}
    if absent:
        wanted[f"{absent}__isnull"] = True
    return list(model._default_manager.filter(**wanted).order_by("pk").values_list(*columns))


def find(
    model: type[Model],
    columns: tuple[str, ...],
    meets: tuple[tuple[str, str], ...],
    values: Collection[tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """Rows that meet one of ``values``, each once if ``columns`` tell them apart; not locked.

    ``meets``: column and comparison ("=", "<=", ">=") for each member of a value.
    """
    if not values:
        return []
    table = model._meta.db_table
    joined = " AND ".join(f"t.{name} {sign} k.{name}" for name, sign in meets)
    names = tuple(name for name, _ in meets)
    if connection.vendor == "postgresql":
        shown = ", ".join(f"t.{name}" for name in columns)
        lists = ", ".join(f"%s::{kind}[]" for kind in _kinds(model, names))
        asked = f"SELECT {shown} FROM {table} t JOIN unnest({lists}) k ({', '.join(names)})"
        with _pipelined_cursor() as cursor:
            parts = [list(part) for part in zip(*values, strict=True)]
            cursor.execute(f"{asked} ON {joined}", parts, binary=True)
            return _read(model, columns, dict.fromkeys(cursor.fetchall()))
    taken = ", ".join(f"json_extract(value, '$[{n}]') {name}" for n, name in enumerate(names))
    given = orjson.dumps([[_adapted(member) for member in value] for value in values]).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT t.id FROM (SELECT {taken} FROM json_each(%s)) k"
            f" CROSS JOIN {table} t WHERE {joined}",
            [given],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(model._default_manager.filter(pk__in=ids).values_list(*columns))


def _read(
    model: type[Model], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """As Django would give them: what a column keeps in another form is read by its field."""
    readers = [getattr(model._meta.get_field(name), "from_db_value", None) for name in columns]
    if not any(readers):
        return list(rows)
    return [
        tuple(r(v, None, connection) if r else v for r, v in zip(readers, row, strict=True))
        for row in rows
    ]


@lru_cache(maxsize=64)
def _select(
    model: type[Model], columns: tuple[str, ...], keys: tuple[str, ...], absent: str
) -> str:
    """A join, for one look-up per value: of two lists the planner would try each combination."""
    names = ", ".join(f"t.{name}" for name in columns)
    lists = ", ".join(f"%s::{kind}[]" for kind in _kinds(model, keys))
    meets = " AND ".join(f"t.{key} = k.{key}" for key in keys)
    condition = f"WHERE t.{absent} IS NULL" if absent else ""
    return (
        f"SELECT {names} FROM {model._meta.db_table} t"
        f" JOIN unnest({lists}) k ({', '.join(keys)}) ON {meets} {condition}"
        " ORDER BY t.id FOR UPDATE OF t"
    )


@lru_cache(maxsize=64)
def _insert(model: type[Model], columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) {_given(model, columns)}"


@lru_cache(maxsize=64)
def _update(model: type[Model], columns: tuple[str, ...]) -> str:
    table, (key, *changing) = model._meta.db_table, columns
    stamp = [f"changed_at = {_NOW[connection.vendor]}"] if _is_stamped(model) else []
    if connection.vendor != "postgresql":
        sets = ", ".join([*(f"{name} = %({name})s" for name in changing), *stamp])
        return f"UPDATE {table} SET {sets} WHERE {key} = %({key})s"
    sets = ", ".join([*(f"{name} = u.{name}" for name in changing), *stamp])
    given = _given(model, columns)
    return f"UPDATE {table} t SET {sets} FROM ({given}) u WHERE t.{key} = u.{key}"


def _delete(model: type[Model], columns: tuple[str, ...], bounds: str) -> str:
    table = model._meta.db_table
    if connection.vendor != "postgresql":
        return f"DELETE FROM {table} WHERE " + " AND ".join(f"{c} = %({c})s" for c in columns)
    meets = " AND ".join(f"t.{name} = u.{name}" for name in columns)
    return f"DELETE FROM {table} t USING ({_given(model, columns)}) u WHERE {meets} AND t.{bounds}"


def _is_stamped(model: type[Model]) -> bool:
    return any(f.name == "changed_at" and f.has_db_default() for f in model._meta.concrete_fields)


@lru_cache(maxsize=64)
def _upsert(
    model: type[Model],
    columns: tuple[str, ...],
    conflict: tuple[str, ...],
    rule: Callable[[str, str], str],
    changing: tuple[str, ...] = (),
) -> str:
    """``rule``: table and column → how it is set; ``changing``: the columns that are."""
    table = model._meta.db_table
    named = [name for name in changing or columns if name not in conflict]
    sets = ", ".join(rule(table, name) for name in named)
    return f"{_insert(model, columns)} ON CONFLICT ({', '.join(conflict)}) DO UPDATE SET {sets}"


@lru_cache(maxsize=64)
def _given(model: type[Model], columns: tuple[str, ...]) -> str:
    """The rows as a table: parsed from one JSON text, or one row of parameters."""
    if connection.vendor != "postgresql":
        return f"VALUES ({', '.join(f'%({name})s' for name in columns)})"
    kinds = _kinds(model, columns)
    shape = ", ".join(f"{name} {kind}" for name, kind in zip(columns, kinds, strict=True))
    return f"SELECT {', '.join(columns)} FROM json_to_recordset(%s::json) r ({shape})"


def _kinds(model: type[Model], columns: tuple[str, ...]) -> Iterator[str]:
    """The database types of ``columns``, without their lengths."""
    for name in columns:
        field = cast("Field[Any, Any]", model._meta.get_field(name))
        yield (field.rel_db_type(connection) or "").split("(")[0]


def _larger(table: str, name: str) -> str:
    """GREATEST skips NULL on PostgreSQL; SQLite's max does not."""
    old, new = f"{table}.{name}", f"excluded.{name}"
    if connection.vendor == "postgresql":
        return f"{name} = GREATEST({old}, {new})"
    return f"{name} = COALESCE(MAX({old}, {new}), {old}, {new})"


def _newer(table: str, name: str) -> str:
    return f"{name} = {table}.{name} + excluded.{name}" if name == "count" else _replaced(name)


def _replaced(name: str) -> str:
    return f"{name} = excluded.{name}"


def _pipelined(statements: Iterable[tuple[str, tuple[str, ...], Rows]]) -> None:
    with _pipelined_cursor() as cursor:
        for statement, columns, rows in statements:
            objects = [dict(zip(columns, row, strict=True)) for row in rows]
            cursor.execute(statement, [orjson.dumps(objects, default=str).decode()])


@contextmanager
def _pipelined_cursor() -> "Iterator[psycopg.Cursor[Any]]":
    """A cursor that binds on the server and waits for no answer before it sends on.

    It goes past Django's client-side one; its errors are Django's, so that a lost connection
    is known for one and replaced. A transaction that it begins costs no round trip of its own.
    """
    import psycopg

    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        yield cursor


def _marked(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(columns, map(_adapted, row), strict=True))


def _adapted(value: Any) -> Any:
    """As Django itself writes them on SQLite: datetimes in UTC without a zone, JSON as text."""
    if hasattr(value, "utcoffset"):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return str(value) if type(value).__name__ == "Decimal" else value
