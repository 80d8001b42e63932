"""A fact is written once, and at an instant that can be asked for again."""

from django.db import migrations, models

from apps.history.models import Moment
from ocpp_platform.migration import Redescribe, ForSqlite, RefuseChanges

# What SQLite wrote before: 2026-03-01 12:00:00.123. See ``Moment``.
_WHOLE = "UPDATE history_fact SET at = at || '001' WHERE length(at) = 23"


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [
        Redescribe("fact", "at", models.DateTimeField(db_default=Moment())),
        ForSqlite(_WHOLE, migrations.RunSQL.noop),
        RefuseChanges("fact", "a fact cannot be changed"),
    ]
