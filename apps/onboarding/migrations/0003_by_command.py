"""The step that a command belongs to is found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("onboarding", "0002_unfinished_setups")]

    operations = [
        BuildIndex(
            "task",
            Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="task_by_command",
            ),
        ),
    ]
