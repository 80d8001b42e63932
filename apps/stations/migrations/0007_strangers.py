"""Stations that nobody registered are few, and counted on every page."""

from django.db import migrations
from django.db.models import Index, Q

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stations", "0006_changed_at")]

    operations = [
        BuildIndex(
            "station",
            Index(
                fields=["organisation"],
                condition=Q(is_stranger=True),
                name="station_stranger",
            ),
        ),
    ]
