"""Long jobs, and the pieces of the files that they make."""

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
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('log_export', 'Export van het logboek')], max_length=20, verbose_name='soort')),
                ('state', models.CharField(choices=[('waiting', 'Wacht'), ('running', 'Bezig'), ('done', 'Klaar'), ('failed', 'Mislukt'), ('gone', 'Weggehaald')], default='waiting', max_length=10, verbose_name='toestand')),
                ('asked_at', models.DateTimeField(verbose_name='gevraagd op')),
                ('total', models.BigIntegerField(verbose_name='hoeveel in totaal')),
                ('done', models.BigIntegerField(default=0, verbose_name='hoeveel gedaan')),
                ('pieces', models.IntegerField(default=0, verbose_name='aantal stukken')),
                ('size', models.BigIntegerField(default=0, verbose_name='aantal bytes')),
                ('token', models.UUIDField(null=True, verbose_name='wie ermee bezig is')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='tot wanneer')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='keer mislukt')),
                ('retry_at', models.DateTimeField(null=True, verbose_name='niet eerder dan')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='geëindigd op')),
                ('last_on', models.DateField(null=True, verbose_name='laatste dag om op te halen')),
                ('reason', models.CharField(blank=True, choices=[('broken', 'Het maken is drie keer mislukt. Er is niets kwijt. Vraag het over een uur opnieuw. Mislukt het dan weer, bel dan de functioneel beheerder.'), ('cut_off', 'Het maken brak drie keer af. Er is niets kwijt. Vraag het morgen opnieuw. Breekt het dan weer af, bel dan de functioneel beheerder.')], max_length=10, verbose_name='waarom mislukt')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='gevraagd door')),
            ],
            options={
                'verbose_name': 'lange klus',
                'verbose_name_plural': 'lange klussen',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['failures', 'id'], name='job_going'), models.Index(condition=models.Q(('state', 'done')), fields=['last_on'], name='job_to_remove')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('by', 'kind'), name='job_one_at_a_time', violation_error_message='Hier wordt al aan gewerkt.'), models.CheckConstraint(condition=models.Q(('done__gte', 0), ('done__lte', models.F('total')), ('pieces__gte', 0), ('size__gte', 0)), name='job_counts_up_to_its_total', violation_error_message='Er kan niet meer gedaan zijn dan er is.'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', True), ('token__isnull', True)), models.Q(('lease_until__isnull', False), ('state', 'running'), ('token__isnull', False)), _connector='OR'), name='job_held_only_while_running', violation_error_message='Alleen aan wat bezig is, werkt iemand.'), models.CheckConstraint(condition=models.Q(models.Q(('done', 0), ('ended_at__isnull', True), ('last_on__isnull', True), ('pieces', 0), ('reason', ''), ('state', 'waiting')), models.Q(('ended_at__isnull', True), ('last_on__isnull', True), ('reason', ''), ('state', 'running')), models.Q(('done', models.F('total')), ('ended_at__isnull', False), ('last_on__isnull', False), ('pieces__gt', 0), ('reason', ''), ('state', 'done')), models.Q(('ended_at__isnull', False), ('last_on__isnull', False), ('pieces', 0), ('reason', ''), ('size', 0), ('state', 'gone')), models.Q(('ended_at__isnull', False), ('last_on__isnull', True), ('pieces', 0), ('size', 0), ('state', 'failed'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='job_state_has_its_facts', violation_error_message='Deze toestand klopt niet met de rest.')],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='het hoeveelste')),
                ('content', models.BinaryField(verbose_name='inhoud')),
                ('size', models.PositiveIntegerField(verbose_name='aantal bytes')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='jobs.job', verbose_name='klus')),
            ],
            options={
                'verbose_name': 'stuk van een bestand',
                'verbose_name_plural': 'stukken van een bestand',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('job', 'number'), name='piece_once', violation_error_message='Dit stuk is er al.')],
            },
        ),
    ]
