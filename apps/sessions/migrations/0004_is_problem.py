"""No index names a column that every message changes, and pages keep room for such a change."""

from django.db import migrations, models
from django.db.models import PROTECT, Q

LITTLE_WH = 100.0
CUT_SHORT = (
    "PowerLoss", "EmergencyStop", "DeAuthorized", "GroundFault", "OvercurrentFault",
    "OtherFault", "PowerQuality", "HardReset", "ImmediateReset", "Reboot", "Other",
)  # fmt: skip
PROBLEM = (
    Q(ended_at__isnull=False, energy_wh__lt=LITTLE_WH)
    | Q(stop_reason__in=CUT_SHORT)
    | Q(is_estimated=True)
    | ~Q(flags="")
)
# SQLite rebuilds the table, and forgets where the ids of an empty one begin.
FIRST_ID = (
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'charging_sessions_session', 1000000 WHERE"
    " NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'charging_sessions_session')"
)


def mark(apps, schema_editor):
    apps.get_model("charging_sessions", "Session").objects.filter(PROBLEM).update(is_problem=True)


def keep_room(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(FIRST_ID)
    else:
        schema_editor.execute("ALTER TABLE charging_sessions_session SET (fillfactor = 80)")


class Migration(migrations.Migration):
    dependencies = [
        ("charging_sessions", "0003_sample_is_trusted"),
        ("stations", "0002_station_connected"),
    ]

    operations = [
        migrations.RemoveIndex("session", "session_problem"),
        migrations.AddField("session", "is_problem", models.BooleanField(default=False)),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AlterField(
            "session",
            "organisation",
            models.ForeignKey(
                "accounts.organisation", on_delete=PROTECT, related_name="+", db_index=False
            ),
        ),
        migrations.AlterField(
            "session",
            "station",
            models.ForeignKey(
                "stations.station",
                on_delete=PROTECT,
                related_name="charging_sessions",
                db_index=False,
            ),
        ),
        migrations.AddIndex(
            "session",
            models.Index(
                condition=Q(is_problem=True),
                fields=["organisation", "-started_at", "-id"],
                name="session_problem",
            ),
        ),
        migrations.RunPython(keep_room, migrations.RunPython.noop),
    ]
