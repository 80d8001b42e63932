"""The messages of a command and the refusals of a station are found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0004_dismissals")]

    operations = [
        BuildIndex(
            "message",
            Index(
                fields=["command_id"],
                condition=Q(command_id__isnull=False),
                name="message_by_command",
            ),
        ),
        BuildIndex(
            "refusal",
            Index(
                fields=["station_id"],
                condition=Q(station_id__isnull=False),
                name="refusal_by_station",
            ),
        ),
    ]
