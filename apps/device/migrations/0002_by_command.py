"""The reports that a command asked for are found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("device", "0001_initial")]

    operations = [
        BuildIndex(
            "report",
            Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="report_by_command",
            ),
        ),
    ]
