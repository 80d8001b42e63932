"""What was commanded about a session is found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commands", "0006_given_up")]

    operations = [
        BuildIndex(
            "commandrow",
            Index(
                fields=["session_id"],
                condition=Q(session_id__isnull=False),
                name="command_by_session",
            ),
        ),
    ]
