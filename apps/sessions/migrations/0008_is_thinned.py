"""Sessions know whether samples of them went with age."""

from django.db import migrations, models
from django.db.models import Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("charging_sessions", "0007_small_samples")]

    operations = [
        migrations.AddField("session", "is_thinned", models.BooleanField(null=True)),
        BuildIndex(
            "session",
            models.Index(
                fields=["ended_at"],
                condition=Q(is_thinned__isnull=True, ended_at__isnull=False),
                name="session_to_thin",
            ),
        ),
    ]
