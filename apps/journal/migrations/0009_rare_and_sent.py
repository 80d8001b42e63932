"""What is not of the three commonest actions, and what we sent, is found however far back it lies."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0008_read_back")]

    operations = [
        BuildIndex(
            "message",
            Index(
                fields=["organisation_id", "action", "-at"],
                condition=~Q(action__in=("Heartbeat", "MeterValues", "TransactionEvent", "")),
                name="message_rare_action",
            ),
        ),
        BuildIndex(
            "message",
            Index(
                fields=["organisation_id", "action", "-at"],
                condition=Q(direction="out"),
                name="message_sent",
            ),
        ),
        migrations.RemoveIndex("message", "message_rare"),
    ]
