"""Who set a limit is found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("power", "0002_push_group")]

    operations = [
        BuildIndex(
            "heldprofile",
            Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="held_profile_by_command",
            ),
        ),
    ]
