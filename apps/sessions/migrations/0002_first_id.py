"""Session ids, which are 1.6 transaction ids too, begin far from what stations make up."""

from django.db import migrations

from apps.sessions.models import FIRST_ID

SQLITE = "INSERT INTO sqlite_sequence (name, seq) VALUES ('charging_sessions_session', %s)"
POSTGRESQL = "ALTER TABLE charging_sessions_session ALTER COLUMN id RESTART WITH %s"


def start_high(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE % (FIRST_ID - 1))
    else:
        schema_editor.execute(POSTGRESQL % FIRST_ID)


class Migration(migrations.Migration):
    dependencies = [("charging_sessions", "0001_initial")]

    operations = [migrations.RunPython(start_high, migrations.RunPython.noop)]
