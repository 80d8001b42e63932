from django.db import migrations, models

from ocpp_platform.migration import MoveRows, Redescribe

# Raw calls, certificates and firmware are the engineer's from now on: who may do them, still may.
WAS, IS = "operator", "engineer"


def keep_what_they_may(rows):
    rows.filter(role=WAS).update(role=IS)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0006_sites'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='user',
            options={'verbose_name': 'user', 'verbose_name_plural': 'users'},
        ),
        Redescribe(
            model_name='apikey',
            name='role',
            field=models.CharField(choices=[('viewer', 'Viewer'), ('support', 'Support'), ('operator', 'Operator'), ('engineer', 'Engineer'), ('finance', 'Finance'), ('auditor', 'Auditor'), ('admin', 'Admin')], default='support', max_length=10),
        ),
        Redescribe(
            model_name='user',
            name='role',
            field=models.CharField(choices=[('viewer', 'Viewer'), ('support', 'Support'), ('operator', 'Operator'), ('engineer', 'Engineer'), ('finance', 'Finance'), ('auditor', 'Auditor'), ('admin', 'Admin')], default='support', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'admin'), _negated=True), ('site_ids__isnull', True), _connector='OR'), name='apikey_admin_has_every_site'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'admin'), _negated=True), ('site_ids__isnull', True), _connector='OR'), name='user_admin_has_every_site'),
        ),
        MoveRows("accounts", "User", keep_what_they_may),
        MoveRows("accounts", "ApiKey", keep_what_they_may),
    ]
