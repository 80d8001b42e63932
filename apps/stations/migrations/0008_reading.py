"""How the form of a station's messages is judged: tolerant, unless somebody says otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stations", "0007_strangers")]

    operations = [
        migrations.RemoveField("station", "is_lenient"),
        migrations.AddField(
            "station",
            "reading",
            models.CharField(
                choices=[("tolerant", "Tolerant"), ("strict", "Strict")],
                default="tolerant",
                db_default="tolerant",
                max_length=8,
            ),
        ),
    ]
