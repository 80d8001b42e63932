"""Sessions are found by their transaction id, however its letters are spelt."""

from django.db import migrations
from django.db.models import Index
from django.db.models.functions import Trim, Upper

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("charging_sessions", "0013_misdated")]

    operations = [
        BuildIndex(
            "session", Index(Upper(Trim("transaction_id")), name="session_by_any_spelling")
        ),
        migrations.RemoveIndex("session", "session_by_transaction"),
    ]
