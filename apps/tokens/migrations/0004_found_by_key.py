"""Cards are found by one key of their number, however a reader or a person wrote it."""

from django.db import migrations
from django.db.models import F, Index

from apps.tokens.keys import Key
from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tokens", "0003_changed_at")]

    operations = [
        BuildIndex("attempt", Index(Key("uid"), name="attempt_by_key")),
        BuildIndex("token", Index(Key("uid"), F("organisation"), name="token_by_key")),
        migrations.RemoveIndex("attempt", "attempt_by_uid"),
        migrations.RemoveIndex("token", "token_by_uid"),
    ]
