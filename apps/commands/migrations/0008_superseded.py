"""A newer command may take the place of an older one of its purpose."""

from django.db import migrations
from django.db.models import BigIntegerField, CharField

STATES = [
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("error", "Error"),
    ("timed_out", "No reply"),
    ("confirmed", "Confirmed"),
    ("failed", "Failed"),
    ("not_confirmed", "Not confirmed"),
    ("expired", "Expired"),
    ("superseded", "Superseded"),
]


class Migration(migrations.Migration):
    dependencies = [("commands", "0007_by_session")]

    operations = [
        migrations.AddField(
            "commandrow", "purpose", CharField(max_length=80, blank=True, default="", db_default="")
        ),
        migrations.AddField("commandrow", "superseded_by", BigIntegerField(null=True)),
        migrations.SeparateDatabaseAndState(  # the column stays as it is
            state_operations=[
                migrations.AlterField(
                    "commandrow", "state", CharField(max_length=14, choices=STATES, default="queued")
                )
            ]
        ),
    ]
