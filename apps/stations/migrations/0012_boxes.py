"""Stations know which box spoke under their identity before, and whether two do."""

from django.db import migrations
from django.db.models import BooleanField, CharField, DateTimeField


def text(most: int) -> CharField:
    return CharField(max_length=most, blank=True, db_default="")


class Migration(migrations.Migration):
    dependencies = [("stations", "0011_alias")]

    operations = [
        migrations.AddField("station", "box_ip", text(45)),
        migrations.AddField("station", "other_serial_number", text(255)),
        migrations.AddField("station", "other_maker", text(255)),
        migrations.AddField("station", "other_ip", text(45)),
        migrations.AddField("station", "other_at", DateTimeField(null=True, blank=True)),
        migrations.AddField(
            "station", "is_other_last", BooleanField(default=False, db_default=False)
        ),
        migrations.AddField("station", "two_boxes_at", DateTimeField(null=True, blank=True)),
        migrations.AddField("station", "replaced_at", DateTimeField(null=True, blank=True)),
    ]
