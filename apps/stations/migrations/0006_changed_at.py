"""Locations and EVSEs know when they last changed."""

from django.db import migrations
from django.db.models import DateTimeField
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("stations", "0005_variable_by_command")]

    operations = [
        migrations.AddField(
            "location", "changed_at", DateTimeField(db_default=Now(), editable=False)
        ),
        migrations.AddField(
            "evse", "changed_at", DateTimeField(db_default=Now(), editable=False)
        ),
    ]
