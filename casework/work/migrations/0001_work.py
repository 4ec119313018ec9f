import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('took_ms', models.PositiveIntegerField(default=0)),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'hartslag',
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='preference', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('digest', models.BooleanField(default=True, verbose_name='overzicht per dag')),
                ('unsubscribe_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ],
            options={
                'verbose_name': 'voorkeur',
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='dag')),
                ('calendar', models.CharField(default='office', max_length=30, verbose_name='kalender')),
                ('kind', models.CharField(choices=[('closed', 'Dicht'), ('open', 'Gewoon open'), ('equated', 'Gelijkgesteld met een feestdag')], max_length=10, verbose_name='soort')),
                ('reason', models.CharField(max_length=120, verbose_name='reden')),
            ],
            options={
                'verbose_name': 'eigen dag',
                'verbose_name_plural': 'eigen dagen',
                'constraints': [models.UniqueConstraint(fields=('day', 'calendar'), name='calendar_day_once', violation_error_message='Over deze dag is al iets afgesproken.'), models.CheckConstraint(condition=models.Q(models.Q(('calendar', 'legal'), ('kind', 'equated')), models.Q(models.Q(('calendar', 'legal'), _negated=True), models.Q(('kind', 'equated'), _negated=True)), _connector='OR'), name='calendar_only_the_law_equates', violation_error_message='Alleen een besluit stelt een dag gelijk.')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=160, unique=True)),
                ('kind', models.CharField(choices=[('reminder', 'Herinnering'), ('digest', 'Overzicht van de dag'), ('absence', 'Vervanging')], max_length=10, verbose_name='soort')),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name='gestuurd naar')),
                ('message_id', models.CharField(max_length=120)),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='onderwerp')),
                ('text', models.TextField(blank=True, verbose_name='tekst')),
                ('html', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('pending', 'Wacht'), ('claimed', 'Wordt gemaakt'), ('handing', 'Wordt verstuurd'), ('sent', 'Verstuurd'), ('failed', 'Niet gelukt'), ('cancelled', 'Ingetrokken'), ('dropped', 'Niet meer nodig')], default='pending', max_length=10, verbose_name='toestand')),
                ('planned_at', models.DateTimeField(verbose_name='gepland op')),
                ('not_before', models.DateTimeField(verbose_name='niet eerder dan')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='pogingen')),
                ('token', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('in_doubt', models.PositiveSmallIntegerField(default=0, verbose_name='twijfel')),
                ('repeats_in_doubt', models.BooleanField(default=True, verbose_name='bij twijfel opnieuw')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='verstuurd op')),
                ('smtp_reply', models.CharField(blank=True, max_length=200, verbose_name='antwoord')),
                ('last_error', models.CharField(blank=True, max_length=60, verbose_name='fout')),
                ('to_user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to=settings.AUTH_USER_MODEL, verbose_name='aan')),
            ],
            options={
                'verbose_name': 'mail',
                'indexes': [models.Index(models.F('not_before'), condition=models.Q(('state', 'pending')), name='delivery_pending'), models.Index(models.F('lease_until'), condition=models.Q(('state__in', ['claimed', 'handing'])), name='delivery_held'), models.Index(models.F('planned_at'), condition=models.Q(('state', 'failed')), name='delivery_failed'), models.Index(fields=['-sent_at', '-id'], name='delivery_sent')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state__in', ['claimed', 'handing']), ('token__isnull', False)), models.Q(models.Q(('state__in', ['claimed', 'handing']), _negated=True), ('lease_until__isnull', True), ('token__isnull', True)), _connector='OR'), name='delivery_lease_while_held', violation_error_message='Een mail in behandeling heeft een einde.'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='delivery_sent_has_a_moment', violation_error_message='Een verstuurde mail heeft een moment.')],
            },
        ),
        migrations.CreateModel(
            name='WorkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='soort')),
                ('title', models.CharField(max_length=200, verbose_name='titel')),
                ('about', models.CharField(max_length=80, verbose_name='onderwerp')),
                ('link', models.CharField(max_length=200, verbose_name='adres')),
                ('case', models.BigIntegerField(blank=True, null=True, verbose_name='casus')),
                ('reference', models.CharField(blank=True, max_length=40, verbose_name='kenmerk')),
                ('level', models.SmallIntegerField(blank=True, choices=[(1, 'Casus'), (2, 'Proces'), (3, 'Management'), (4, 'Bestuurlijk')], null=True, verbose_name='niveau')),
                ('due_on', models.DateField(verbose_name='uiterlijk op')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='uiterlijk om')),
                ('urgent', models.BooleanField(default=False, verbose_name='spoed')),
                ('legal', models.BooleanField(default=False, verbose_name='wettelijke termijn')),
                ('opened_at', models.DateTimeField(verbose_name='gemaakt op')),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Gedaan'), ('withdrawn', 'Ingetrokken'), ('lapsed', 'Vervallen')], default='open', max_length=10, verbose_name='toestand')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='klaar op')),
                ('paused_until', models.DateField(blank=True, null=True, verbose_name='wacht tot')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='herziening')),
                ('policy_version', models.CharField(blank=True, max_length=40, verbose_name='termijnen')),
                ('ladder', models.JSONField(default=list, verbose_name='ladder')),
                ('step', models.PositiveIntegerField(default=0, verbose_name='trede')),
                ('next_step_at', models.DateTimeField(blank=True, null=True, verbose_name='volgende trede')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='mislukt')),
                ('retry_at', models.DateTimeField(blank=True, null=True, verbose_name='opnieuw op')),
                ('asked_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='asked_work', to=settings.AUTH_USER_MODEL, verbose_name='gevraagd door')),
                ('claimed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claimed_work', to=settings.AUTH_USER_MODEL, verbose_name='opgepakt door')),
                ('closed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='klaar door')),
                ('opened_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='gemaakt door')),
                ('owner_desk', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work', to='people.desk', verbose_name='van bureau')),
                ('owner_user', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work', to=settings.AUTH_USER_MODEL, verbose_name='van')),
                ('stand_in', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ook bij')),
            ],
            options={
                'verbose_name': 'te doen',
                'verbose_name_plural': 'te doen',
                'indexes': [models.Index(models.F('owner_user'), models.F('due_on'), models.F('id'), condition=models.Q(('state', 'open')), name='work_user'), models.Index(models.F('owner_desk'), models.F('due_on'), models.F('id'), condition=models.Q(('state', 'open')), name='work_desk'), models.Index(models.F('claimed_by'), models.F('due_on'), models.F('id'), condition=models.Q(('claimed_by__isnull', False), ('state', 'open')), name='work_claimed'), models.Index(models.F('stand_in'), models.F('due_on'), models.F('id'), condition=models.Q(('stand_in__isnull', False), ('state', 'open')), name='work_stand_in'), models.Index(models.F('asked_by'), models.F('due_on'), models.F('id'), condition=models.Q(('asked_by__isnull', False), ('state', 'open')), name='work_asked'), models.Index(models.F('next_step_at'), condition=models.Q(('state', 'open')), name='work_next'), models.Index(models.F('case'), condition=models.Q(('case__isnull', False), ('state', 'open')), name='work_case'), models.Index(models.F('about'), name='work_about'), models.Index(models.F('closed_by'), models.F('closed_at'), condition=models.Q(('closed_by__isnull', False)), name='work_closed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner_user__isnull', True), ('owner_desk__isnull', True), _connector='XOR'), name='work_one_owner', violation_error_message='Kies één persoon of één bureau.'), models.CheckConstraint(condition=models.Q(('claimed_by__isnull', True), ('owner_desk__isnull', False), _connector='OR'), name='work_claimed_from_a_desk', violation_error_message='Alleen werk van een bureau kun je oppakken.'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='work_closed_has_a_moment', violation_error_message='Werk dat klaar is, heeft een moment.'), models.CheckConstraint(condition=models.Q(models.Q(('next_step_at__isnull', False), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('next_step_at__isnull', True)), _connector='OR'), name='work_open_has_a_next_step', violation_error_message='Open werk heeft een volgende herinnering.'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'done', 'withdrawn', 'lapsed'])), name='work_known_state', violation_error_message='Deze toestand bestaat niet.'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('kind', 'about'), name='work_open_once', violation_error_message='Dit staat al op de lijst.')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('step', models.CharField(max_length=80)),
                ('at', models.DateTimeField(verbose_name='op')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='gelezen op')),
                ('delivery', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='work.delivery')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='work.workitem')),
            ],
            options={
                'verbose_name': 'herinnering',
                'verbose_name_plural': 'herinneringen',
                'indexes': [models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user', '-at'], name='notice_unread')],
                'constraints': [models.UniqueConstraint(fields=('item', 'revision', 'step', 'user'), name='notice_said_once', violation_error_message='Dit is al gezegd.')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='item',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='work.workitem'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(models.F('item'), condition=models.Q(('state__in', ['pending', 'claimed'])), name='delivery_item'),
        ),
    ]
