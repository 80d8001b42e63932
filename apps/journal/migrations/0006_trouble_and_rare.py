"""Trouble, and messages of a rare kind, are found however far back they lie."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0005_by_command")]

    operations = [
        BuildIndex(
            "message",
            Index(
                fields=["organisation_id", "-at"],
                condition=~Q(result="ok"),
                name="message_trouble",
            ),
        ),
        BuildIndex(
            "message",
            Index(
                fields=["organisation_id", "action", "-at"],
                condition=~Q(
                    action__in=(
                        "Heartbeat",
                        "MeterValues",
                        "StatusNotification",
                        "TransactionEvent",
                        "NotifyEvent",
                        "",
                    )
                ),
                name="message_rare",
            ),
        ),
    ]
