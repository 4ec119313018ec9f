"""The log, the places of its rows in the tree, and the signed checkpoints."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='wanneer')),
                ('verb', models.CharField(max_length=60, verbose_name='wat')),
                ('action', models.CharField(choices=[('C', 'Maken'), ('R', 'Lezen'), ('U', 'Wijzigen'), ('D', 'Vernietigen'), ('E', 'Uitvoeren')], max_length=1, verbose_name='soort')),
                ('by_role', models.CharField(blank=True, max_length=160, verbose_name='in welke rol')),
                ('case', models.BigIntegerField(null=True, verbose_name='casus')),
                ('about', models.CharField(blank=True, max_length=80, verbose_name='waarover')),
                ('granted', models.BooleanField(default=True, verbose_name='toegestaan')),
                ('break_glass', models.BooleanField(default=False, verbose_name='noodtoegang')),
                ('ground', models.CharField(blank=True, max_length=80, verbose_name='grond')),
                ('access_basis', models.CharField(blank=True, max_length=80, verbose_name='toegang door')),
                ('ip', models.GenericIPAddressField(null=True, verbose_name='adres')),
                ('channel', models.CharField(choices=[('web', 'Scherm'), ('clock', 'Klok'), ('command', 'Opdracht')], max_length=10, verbose_name='langs')),
                ('request_id', models.UUIDField(null=True, verbose_name='verzoek')),
                ('query', models.BinaryField(null=True, verbose_name='zoekwoorden')),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='wie')),
                ('on_behalf_of', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='namens')),
            ],
            options={
                'verbose_name': 'logregel',
                'verbose_name_plural': 'logregels',
                'default_permissions': (),
                'indexes': [models.Index(fields=['at', 'id'], name='audit_in_time'), models.Index(fields=['by', 'at', 'id'], name='audit_of_person'), models.Index(condition=models.Q(('case__isnull', False)), fields=['case', 'at', 'id'], name='audit_of_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(('verb__regex', '^[a-z_]+\\.[a-z_]+$')), name='audit_verb_is_noun_verb', violation_error_message='Een handeling heeft de vorm onderwerp.werkwoord.'), models.CheckConstraint(condition=models.Q(('about__regex', '^[A-Za-z0-9_.:/,+-]*$'), ('ground__regex', '^[A-Za-z0-9_.:/,+-]*$'), ('access_basis__regex', '^[A-Za-z0-9_.:/,+-]*$'), ('by_role__regex', '^[A-Za-z0-9_.:/,+-]*$')), name='audit_holds_codes_only', violation_error_message='In het logboek staan codes, geen tekst.'), models.CheckConstraint(condition=models.Q(('action__in', ['C', 'R', 'U', 'D', 'E'])), name='audit_action_is_known', violation_error_message='Deze soort handeling bestaat niet.')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('leaf', models.BinaryField(max_length=32)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='audit.auditentry')),
            ],
            options={
                'verbose_name': 'zegel',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('position__gte', 0)), name='seal_position_counts_from_zero', violation_error_message='Een plaats telt vanaf nul.')],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField(max_length=32)),
                ('previous', models.BinaryField(max_length=32)),
                ('signed_at', models.DateTimeField()),
                ('signature', models.BinaryField(max_length=64)),
                ('key_id', models.CharField(max_length=8)),
                ('frontier', models.BinaryField()),
                ('floor', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'ijkpunt',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='checkpoint_seals_something', violation_error_message='Een ijkpunt verzegelt iets.')],
            },
        ),
    ]
