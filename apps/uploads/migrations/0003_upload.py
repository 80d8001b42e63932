from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("uploads", "0002_by_command")]

    operations = [migrations.RenameModel("Door", "Upload")]
