"""Nobody chooses the key of a row of the log: the database gives it, in order."""

from django.db import migrations

from casework.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_triggers")]

    operations = [
        migrations.RunSQL(triggers.GIVE_KEYS, triggers.LET_KEYS_BE_CHOSEN),
    ]
