"""Who changed a value is found by an index."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stations", "0004_variable_traits")]

    operations = [
        BuildIndex(
            "variable",
            Index(
                fields=["changed_command_id"],
                condition=Q(changed_command_id__isnull=False),
                name="variable_by_command",
            ),
        ),
    ]
