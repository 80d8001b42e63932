"""What nobody asked for and the link fell on is found by its station."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commands", "0009_by_name_and_state")]

    operations = [
        BuildIndex(
            "commandrow",
            Index(
                fields=["station_id", "id"],
                condition=Q(state="error", is_unasked=True),
                name="command_lost",
            ),
        ),
    ]
