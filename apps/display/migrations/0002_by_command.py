"""Who set a message is found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("display", "0001_initial")]

    operations = [
        BuildIndex(
            "displaymessage",
            Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="display_by_command",
            ),
        ),
    ]
