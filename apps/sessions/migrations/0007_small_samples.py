"""Samples take less room, and lie by month: no number of their own, small ones where they may be."""

from django.db import migrations, models

from ocpp_platform.columns import SmallFloatField, WordField
from ocpp_platform.reshape import Reshape

CONTEXTS = {
    "Transaction.Begin": 1,
    "Interruption.Begin": 2,
    "Interruption.End": 3,
    "Sample.Clock": 4,
    "Sample.Periodic": 5,
    "Trigger": 6,
    "Other": 7,
    "Transaction.End": 8,
}
KEY = ("session_id", "at", "context")
OTHER = CONTEXTS["Other"]
NUMBER = " ".join(f"WHEN '{word}' THEN {number}" for word, number in CONTEXTS.items())
WORD = " ".join(f"WHEN {number} THEN '{word}'" for word, number in CONTEXTS.items())
TAKEN = {"context": f"CASE context {NUMBER} ELSE {OTHER} END"}
BACK = {"context": f"CASE context {WORD} END"}
SMALL = (
    "soc_pct", "current_l1_a", "current_l2_a", "current_l3_a",
    "voltage_l1_v", "voltage_l2_v", "voltage_l3_v",
)  # fmt: skip
# What four bytes cannot hold is refused by PostgreSQL instead of rounded.
TAKEN |= {name: f"CASE WHEN abs({name}) < 1e-30 THEN 0 ELSE {name} END" for name in SMALL}
CHANGED = "session_id IN (SELECT id FROM charging_sessions_session WHERE changed_at >= %s)"
# In this order PostgreSQL leaves no room between them.
READING = [
    ("at", models.DateTimeField()),
    ("register_wh", models.FloatField(null=True)),
    ("power_w", models.FloatField(null=True)),
    ("soc_pct", SmallFloatField(null=True)),
    ("current_l1_a", SmallFloatField(null=True)),
    ("current_l2_a", SmallFloatField(null=True)),
    ("current_l3_a", SmallFloatField(null=True)),
    ("voltage_l1_v", SmallFloatField(null=True)),
    ("voltage_l2_v", SmallFloatField(null=True)),
    ("voltage_l3_v", SmallFloatField(null=True)),
    ("context", WordField(numbers=CONTEXTS)),
    ("is_trusted", models.BooleanField(db_default=True, default=True)),
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("charging_sessions", "0006_changed_at")]

    operations = [
        Reshape(
            "Sample",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        *KEY, blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("session_id", models.BigIntegerField()),
                *READING,
            ],
            {"ordering": ["at", "context"]},
            key=KEY,
            taken=TAKEN,
            back=BACK,
            changed=CHANGED,
            by_month=True,
        ),
        Reshape(
            "StraySample",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("station_id", models.BigIntegerField()),
                ("received_at", models.DateTimeField(db_index=True)),
                *READING,
                ("evse_id", models.PositiveIntegerField()),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(
                        fields=("station_id", "evse_id", "at", "context"), name="stray_key"
                    )
                ]
            },
            key=("station_id", "evse_id", "at", "context"),
            taken=TAKEN,
            back=BACK,
        ),
    ]
