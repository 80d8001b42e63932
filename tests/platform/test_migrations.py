"""Migrations of large tables stop nobody: indexes are built beside the writers, rows in pieces."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from apps.stations.models import Station
from apps.stations.services import add_station
from ocpp_platform.migration import BuildIndex, ForSqlite, MoveRows, Redescribe
from ocpp_platform.reshape import Reshape
from tests.factories import OFFICE

# The last migration of each app before this was asked of them; apps made since have none.
BEFORE = {
    "accounts": "0003",
    "charging_sessions": "0005",
    "commands": "0006",
    "device": "0001",
    "display": "0001",
    "journal": "0004",
    "lists": "0002",
    "onboarding": "0002",
    "pki": "0003",
    "power": "0002",
    "reservations": "0001",
    "stations": "0004",
    "tariffs": "0001",
    "tokens": "0002",
    "uploads": "0001",
}
OURS = "apps."
FEW = {("accounts", "user"), ("accounts", "apikey")}  # rows of people and programs: a moment's work
NOW = datetime.now(UTC)


def test_no_migration_stops_the_writers_of_a_table() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    asked = [
        migration
        for (app, name), migration in loader.disk_migrations.items()
        if migration.__module__.startswith(OURS) and name[:4] > BEFORE.get(app, "")
    ]
    assert asked
    assert [problem for migration in asked for problem in problems(migration)] == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("session", models.Index(fields=["state"], name="x")),
        migrations.AddConstraint("s", models.UniqueConstraint(fields=["state"], name="x")),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RunSQL("UPDATE x SET y = 1"),
        migrations.AddField("session", "x", models.BigIntegerField(db_index=True, null=True)),
        migrations.AlterField("session", "x", models.BigIntegerField()),
        BuildIndex("session", models.Index(fields=["state"], name="x")),
        Reshape("session", [("state", models.TextField())], key=("state",), taken={}, back={}),
    ],
)
def test_what_would_stop_them_is_found(operation: Operation) -> None:
    assert list(problems(made_of(operation)))


def test_a_table_that_the_migration_itself_makes_is_empty() -> None:
    making = migrations.CreateModel("Thing", [("state", models.TextField())])
    index = migrations.AddIndex("thing", models.Index(fields=["state"], name="x"))
    assert list(problems(made_of(making, index))) == []


def made_of(*operations: Operation) -> migrations.Migration:
    migration = migrations.Migration("0002_x", "some")
    vars(migration)["operations"] = list(operations)
    return migration


def problems(migration: migrations.Migration) -> Iterator[str]:
    made: set[str] = set()
    for operation in migration.operations:
        if isinstance(operation, Reshape):
            yield from _problems_of(operation, migration)
        elif isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        elif (
            isinstance(operation, ForSqlite | Redescribe)
            or (migration.app_label, getattr(operation, "model_name_lower", "")) in FEW
        ):
            continue
        elif getattr(operation, "model_name_lower", "") not in made:
            yield from (f"{migration}: {why}" for why in _problems_of(operation, migration))


def _is_of_few(operation: Operation, migration: migrations.Migration) -> bool:
    return (migration.app_label, getattr(operation, "model_name_lower", "")) in FEW


def _problems_of(operation: Operation, migration: migrations.Migration) -> Iterator[str]:
    if isinstance(operation, BuildIndex | MoveRows | Reshape):
        if migration.atomic:
            yield "say atomic = False"
    elif isinstance(operation, migrations.AddIndex | migrations.AddConstraint):
        yield "an index of a table that is there is a BuildIndex"
    elif isinstance(operation, migrations.RunPython | migrations.RunSQL):
        yield "rows are moved by MoveRows"
    elif isinstance(operation, migrations.AlterField):
        yield "a column that is there keeps its type"
    elif isinstance(operation, migrations.AddField):
        field = operation.field
        if field.db_index or field.unique or field.is_relation:
            yield "a new column gets its index by BuildIndex"


@pytest.mark.django_db
def test_rows_are_moved_in_pieces_and_each_once(network: Any) -> None:
    for n in range(7):
        add_station(organisation=network, identity=f"CP{n}", now=NOW, actor=OFFICE)
    pieces: list[list[int]] = []
    operation = MoveRows(
        "stations",
        "Station",
        lambda rows: pieces.append(list(rows.values_list("pk", flat=True))),
        3,
    )
    operation.code(apps, connection.schema_editor())
    assert [len(keys) for keys in pieces] == [3, 3, 1]
    assert [key for keys in pieces for key in keys] == list(
        Station.objects.order_by("pk").values_list("pk", flat=True)
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("model", "table"), [("message", "journal_message"), ("linkevent", "")])
def test_an_index_is_built_whole_also_after_one_that_broke_off(model: str, table: str) -> None:
    index = models.Index(fields=["connection_id"], name="trial_by_connection")
    name = index.name
    try:
        for _ in range(2):
            build(model, index)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = %s::regclass"
                " OR i.indexrelid IN (SELECT inhrelid FROM pg_inherits"
                " WHERE inhparent = %s::regclass)",
                [name, name],
            )
            valid = [is_valid for (is_valid,) in cursor.fetchall()]
        assert valid
        assert all(valid)
        assert (len(valid) > 1) == bool(table)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def build(model: str, index: models.Index) -> None:
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation = BuildIndex(model, index)
    operation.state_forwards("journal", after)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("journal", editor, before, after)
