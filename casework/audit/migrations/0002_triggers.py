"""Nobody changes or removes a row of the log: triggers refuse it, rights are taken."""

from django.db import migrations

from casework.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_log")]

    operations = [
        migrations.RunSQL(triggers.INSTALL, triggers.REMOVE),
        migrations.RunSQL(triggers.REVOKE, migrations.RunSQL.noop),
    ]
