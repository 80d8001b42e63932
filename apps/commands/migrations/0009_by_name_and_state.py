"""Commands of a name, or in a state, are found however far back they lie."""

from django.db import migrations
from django.db.models import Index

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commands", "0008_superseded")]

    operations = [
        BuildIndex(
            "commandrow",
            Index(fields=["organisation_id", "name", "-created_at"], name="command_of_name"),
        ),
        BuildIndex(
            "commandrow",
            Index(fields=["organisation_id", "state", "-created_at"], name="command_in_state"),
        ),
    ]
