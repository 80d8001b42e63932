from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_into_history")]

    operations = [migrations.DeleteModel("AuditEntry")]
