"""Stations may come in under other identities, and in any letter case."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Upper

from ocpp_platform.migration import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stations", "0010_clock")]

    operations = [
        migrations.CreateModel(
            "Alias",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("identity", models.CharField(max_length=120, unique=True)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="stations.station",
                    ),
                ),
            ],
            options={
                "ordering": ["identity"],
                "indexes": [models.Index(Upper("identity"), name="alias_by_upper")],
            },
        ),
        BuildIndex("station", models.Index(Upper("identity"), name="station_by_upper")),
    ]
