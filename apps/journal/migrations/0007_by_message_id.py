"""A message is found by its id."""

from django.contrib.postgres.indexes import HashIndex
from django.db import migrations
from django.db.models import Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0006_trouble_and_rare")]

    operations = [
        BuildIndex(
            "message",
            HashIndex(fields=["message_id"], condition=~Q(message_id=""), name="message_by_id"),
        ),
    ]
