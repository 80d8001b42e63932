"""Tokens know when they last changed."""

from django.db import migrations
from django.db.models import DateTimeField
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("tokens", "0002_token_charging_priority_token_is_listed_and_more")]

    operations = [
        migrations.AddField(
            "token", "changed_at", DateTimeField(db_default=Now(), editable=False)
        ),
    ]
