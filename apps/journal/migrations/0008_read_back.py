"""Messages that were read back from a file have a time of their own."""

from django.db import migrations, models
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0007_by_message_id")]

    operations = [
        migrations.AddField("message", "kept_until", models.DateTimeField(null=True)),
        BuildIndex(
            "message",
            Index(
                fields=["kept_until"],
                condition=Q(kept_until__isnull=False),
                name="message_read_back",
            ),
        ),
    ]
