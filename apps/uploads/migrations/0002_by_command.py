"""The file that a command asked for is found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("uploads", "0001_initial")]

    operations = [
        BuildIndex(
            "door",
            Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="door_by_command",
            ),
        ),
    ]
