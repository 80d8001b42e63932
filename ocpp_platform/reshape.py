"""A table in another shape: its rows move to a new one beside it, which takes its place then.

On PostgreSQL who writes goes on until the end: rows move some ten thousand at a time, and only
what was written meanwhile moves while nobody else writes. One that broke off is run again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState
from django.db.models import AutoField, Model
from django.utils import timezone

from ocpp_platform import partitions
from ocpp_platform.migration import pieces

PIECE_ROWS = 20_000
_LONGEST_TRANSACTION = timedelta(minutes=10)


class Reshape(CreateModel):
    """The model ``name`` becomes one of these ``fields``; the table keeps its name.

    ``key``: the columns that tell its rows apart. ``taken`` and ``back``: SQL for a column of the
    new table from a row of the old one, and the other way; what has the same name in both is
    taken as it is, and numbers that the database gives are given anew. ``changed``: SQL for rows
    that were written since an instant; of a table without it all rows move at once. ``by_month``:
    PostgreSQL partitions the new table (see ``partitions``).
    """

    atomic = False

    def __init__(
        self,
        name: str,
        fields: list[Any],
        options: dict[str, Any] | None = None,
        *,
        key: tuple[str, ...],
        taken: Mapping[str, str],
        back: Mapping[str, str],
        changed: str = "",
        by_month: bool = False,
    ) -> None:
        super().__init__(name, fields, options)
        self.key, self.taken, self.back = key, taken, back
        self.changed, self.by_month = changed, by_month

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.remove_model(app_label, self.name_lower)
        super().state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        old, new = (s.apps.get_model(app_label, self.name) for s in (from_state, to_state))
        self._replace(schema_editor, old, new, self.taken)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        old, new = (s.apps.get_model(app_label, self.name) for s in (from_state, to_state))
        self._replace(schema_editor, old, new, self.back)

    def describe(self) -> str:
        return f"Give the table of {self.name} another shape"

    def _replace(
        self, editor: Any, old: type[Model], new: type[Model], taken: Mapping[str, str]
    ) -> None:
        table, goes_on = old._meta.db_table, taken is self.taken
        # Indexes keep the name of the table that they are made for.
        new._meta.db_table = f"{table}_new" if goes_on else f"{table}_old"
        editor.execute(f"DROP TABLE IF EXISTS {new._meta.db_table}")  # what a broken run left
        if self.by_month and goes_on and editor.connection.vendor == "postgresql":
            partitions.begin(editor, new, table)
        else:
            editor.create_model(new)
        while editor.deferred_sql:  # the indexes, of which one tells rows apart
            editor.execute(editor.deferred_sql.pop(0), None)
        copy = _copy(old, new, self.key, taken)
        since = timezone.now() - _LONGEST_TRANSACTION
        rest, given = "TRUE", []
        if self.changed and goes_on:
            for ends in pieces(old._default_manager.order_by("pk"), PIECE_ROWS):
                _run(editor, copy.format("id BETWEEN %s AND %s"), list(ends))
            rest, given = self.changed, [since]
        with transaction.atomic(using=editor.connection.alias):
            if editor.connection.vendor == "postgresql":
                editor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            _run(editor, copy.format(rest), given)
            editor.delete_model(old)
            editor.alter_db_table(new, new._meta.db_table, table)
        new._meta.db_table = table  # migrations that follow are given this very class


def _copy(
    old: type[Model], new: type[Model], key: tuple[str, ...], taken: Mapping[str, str]
) -> str:
    """INSERT of the rows of the condition that is filled in; a row that is there is replaced."""
    there = {*_columns(old), *taken}
    columns = [column for column in _columns(new) if column in there]
    values = ", ".join(taken.get(column, column) for column in columns)
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    return (
        f"INSERT INTO {new._meta.db_table} ({', '.join(columns)})"
        f" SELECT {values} FROM {old._meta.db_table} WHERE {{}}"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sets}"
    )


def _columns(model: type[Model]) -> list[str]:
    """Those that the database does not fill itself."""
    fields = model._meta.local_concrete_fields
    return [field.attname for field in fields if not isinstance(field, AutoField)]


def _run(editor: Any, statement: str, given: list[Any]) -> None:
    connection = editor.connection
    with connection.cursor() as cursor:
        cursor.execute(statement, [_adapted(connection, value) for value in given])


def _adapted(connection: Any, value: Any) -> Any:
    is_instant = hasattr(value, "utcoffset")
    return connection.ops.adapt_datetimefield_value(value) if is_instant else value
