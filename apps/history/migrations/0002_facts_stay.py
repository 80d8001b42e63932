"""A fact is written once: the database itself refuses to change one."""

from typing import Any

from django.db import migrations, models

from apps.history.models import Moment

_SQLITE = """
CREATE TRIGGER fact_stays BEFORE UPDATE ON history_fact
BEGIN SELECT RAISE(ABORT, 'a fact cannot be changed'); END
"""
_POSTGRESQL = """
CREATE FUNCTION refuse_to_change_a_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a fact cannot be changed'; END $$;
CREATE TRIGGER fact_stays BEFORE UPDATE ON history_fact
FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_fact()
"""
_AWAY = {
    "sqlite": ("DROP TRIGGER fact_stays",),
    "postgresql": (
        "DROP TRIGGER fact_stays ON history_fact", "DROP FUNCTION refuse_to_change_a_fact()",
    ),
}  # fmt: skip


_LENGTH_IN_MS = 23  # 2026-03-01 12:00:00.123


def make_whole(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    """See ``Moment``: what SQLite wrote before."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "UPDATE history_fact SET at = at || '001' WHERE length(at) = %s", [_LENGTH_IN_MS]
        )


def keep(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    schema_editor.execute(
        _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE, params=None
    )


def let_go(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    for statement in _AWAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [
        migrations.AlterField("fact", "at", models.DateTimeField(db_default=Moment())),
        migrations.RunPython(make_whole, migrations.RunPython.noop),
        migrations.RunPython(keep, let_go),
    ]
