"""A step of the recipe, and that step in the set-up of one station."""

from django.db import migrations, models
from django.db.models import CASCADE


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_by_command")]

    operations = [
        migrations.RenameModel("Step", "RecipeStep"),
        migrations.RenameModel("Task", "SetupStep"),
        migrations.RenameIndex(
            "setupstep", new_name="setup_step_by_command", old_name="task_by_command"
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "setupstep",
                    "setup",
                    models.ForeignKey("onboarding.Setup", CASCADE, related_name="steps"),
                )
            ]
        ),
    ]
