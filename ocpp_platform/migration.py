"""Operations for migrations of tables that have grown: none stops who writes meanwhile.

On PostgreSQL an index is built concurrently, of a partitioned table one partition after the
other, and rows are moved some thousand at a time, each piece in a transaction of its own. SQLite
has one writer anyway. Such a migration says ``atomic = False``; one that broke off is run again.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.migrations.operations import AddIndex, AlterField, RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

PIECE_ROWS = 5_000


class BuildIndex(AddIndex):
    """AddIndex that lets writers through."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        if schema_editor.connection.in_atomic_block:
            raise TransactionManagementError(f"{self.index.name}: the migration must be non-atomic")
        model = to_state.apps.get_model(app_label, self.model_name)
        for statement in _statements(self.index, model, schema_editor):
            schema_editor.execute(statement, params=None)


class ForSqlite(RunSQL):
    """A statement that only SQLite needs, after it has rebuilt a table."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Redescribe(AlterField):
    """Where only choices or what is written by default differ: the column keeps its type."""


class RefuseChanges(Operation):
    """The rows of ``model`` are written once: the database itself refuses to change one."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, words: str) -> None:
        self.model, self.words = model, words

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model, self.words], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002
        to_state: Any,
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        for statement in _REFUSAL[schema_editor.connection.vendor]:
            words = self.words.replace("'", "''")
            schema_editor.execute(statement.format(table=table, words=words), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002
        to_state: Any,
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        for statement in _NO_REFUSAL[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=table), params=None)

    def describe(self) -> str:
        return f"Refuse changes of {self.model}"


_REFUSAL = {
    "sqlite": (
        """CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, '{words}'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{words}'; END $$""",
        """CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_stays()""",
    ),
}
_NO_REFUSAL = {
    "sqlite": ("DROP TRIGGER {table}_stays",),
    "postgresql": ("DROP TRIGGER {table}_stays ON {table}", "DROP FUNCTION {table}_stays()"),
}


class MoveRows(RunPython):
    """Apply ``change`` to all rows of a model, a range of keys at a time; safe to run twice."""

    atomic = False

    def __init__(
        self,
        app_label: str,
        model: str,
        change: Callable[[QuerySet[Any]], Any],
        size: int = PIECE_ROWS,
    ) -> None:
        self.rows, self.change, self.size = (app_label, model), change, size
        super().__init__(self._move, RunPython.noop, atomic=False)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [*self.rows, self.change, self.size], {}

    def _move(self, apps: Any, schema_editor: Any) -> None:
        manager = apps.get_model(*self.rows)._default_manager
        for first, last in pieces(manager.order_by("pk"), self.size):
            with transaction.atomic(using=schema_editor.connection.alias):
                self.change(manager.filter(pk__gte=first, pk__lte=last))


def pieces(rows: QuerySet[Any], size: int) -> Iterator[tuple[Any, Any]]:
    """The first and the last key of every ``size`` rows; ``rows`` are in the order of the key."""
    using = rows.db or DEFAULT_DB_ALIAS
    last: Any = None
    while True:
        ahead = rows.using(using) if last is None else rows.using(using).filter(pk__gt=last)
        keys = list(ahead.values_list("pk", flat=True)[:size])
        if not keys:
            return
        last = keys[-1]
        yield keys[0], last


def _statements(index: Any, model: type[Model], schema_editor: Any) -> Iterator[str]:
    table, name = model._meta.db_table, index.name
    quoted = schema_editor.quote_name
    _, _, body = str(index.create_sql(model, schema_editor)).partition(f" ON {quoted(table)} ")
    partitions = _partitions(schema_editor, table)
    if partitions is None:
        yield f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(name)}"  # what a broken run left
        yield f"CREATE INDEX CONCURRENTLY {quoted(name)} ON {quoted(table)} {body}"
        return
    yield f"CREATE INDEX IF NOT EXISTS {quoted(name)} ON ONLY {quoted(table)} {body}"
    attached = _children(schema_editor, name)
    for partition in partitions:
        own = f"{partition}_{name}"[:63]
        if own not in attached:
            yield f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(own)}"
            yield f"CREATE INDEX CONCURRENTLY {quoted(own)} ON {quoted(partition)} {body}"
            yield f"ALTER INDEX {quoted(name)} ATTACH PARTITION {quoted(own)}"


def _partitions(schema_editor: Any, table: str) -> list[str] | None:
    """The partitions of a table; None where it is not partitioned."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", [table])
        is_partitioned = cursor.fetchone()[0] == "p"
    return _children(schema_editor, table) if is_partitioned else None


def _children(schema_editor: Any, parent: str) -> list[str]:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY c.relname",
            [parent],
        )
        return [name for (name,) in cursor.fetchall()]
