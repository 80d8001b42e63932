"""Sessions know when they last changed; those that are there, when they were last heard of."""

from django.db import migrations
from django.db.models import DateTimeField, F
from django.db.models.functions import Now

from apps.sessions.models import FIRST_ID
from ocpp_platform.migration import ForSqlite, MoveRows

# SQLite rebuilds the table, and forgets where the ids of an empty one begin.
BEGINNING = (
    f"INSERT INTO sqlite_sequence (name, seq) SELECT 'charging_sessions_session', {FIRST_ID - 1}"
    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'charging_sessions_session')"
)


def when_last_heard_of(sessions):
    sessions.update(changed_at=F("last_received_at"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("charging_sessions", "0005_stray_samples")]

    operations = [
        migrations.AddField(
            "session", "changed_at", DateTimeField(db_default=Now(), editable=False)
        ),
        ForSqlite(BEGINNING, migrations.RunSQL.noop),
        MoveRows("charging_sessions", "Session", when_last_heard_of),
    ]
