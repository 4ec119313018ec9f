import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_cases'),
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('viewflow', '0015_task_scheduled'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeEscalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='waarom het nu kan')),
                ('aftercare_on', models.DateField(verbose_name='dag om terug te kijken')),
                ('state', models.CharField(choices=[('asked', 'Gevraagd'), ('aftercare', 'Overgenomen'), ('declined', 'Geweigerd'), ('withdrawn', 'Ingetrokken'), ('done', 'Nazorg klaar')], default='asked', max_length=10)),
                ('answer', models.TextField(blank=True, verbose_name='antwoord van de ontvanger')),
                ('aftercare_result', models.TextField(blank=True, verbose_name='hoe gaat het nu')),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deescalations', to='cases.case')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'afschaling',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case',), name='deescalation_one_running_per_case', violation_error_message='Er loopt al een vraag om te stoppen.'), models.CheckConstraint(condition=models.Q(('asker', models.F('receiver')), _negated=True), name='deescalation_accepted_by_another', violation_error_message='Kies een ander om het over te nemen.')],
            },
        ),
        migrations.CreateModel(
            name='DeescalationProcess',
            fields=[
                ('process_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='viewflow.process')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='procedure', to='escalation.deescalation')),
            ],
            options={
                'default_permissions': (),
            },
            bases=('viewflow.process',),
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('decision', 'Een besluit'), ('talk', 'Een gesprek'), ('notice', 'Ter kennisname')], max_length=8, verbose_name='soort vraag')),
                ('question', models.TextField(verbose_name='welke beslissing wil je')),
                ('if_nothing', models.TextField(blank=True, verbose_name='wat gebeurt er als we niets doen')),
                ('from_level', models.PositiveSmallIntegerField(choices=[(1, 'Casus'), (2, 'Proces'), (3, 'Management'), (4, 'Bestuurlijk')])),
                ('to_level', models.PositiveSmallIntegerField(choices=[(1, 'Casus'), (2, 'Proces'), (3, 'Management'), (4, 'Bestuurlijk')])),
                ('urgent', models.BooleanField(default=False, verbose_name='spoed')),
                ('jump_reason', models.TextField(blank=True, verbose_name='waarom een niveau overslaan')),
                ('turn', models.CharField(choices=[('review', 'Wacht op antwoord'), ('carry', 'Opgepakt'), ('supply', 'Wacht op aanvulling'), ('ended', 'Afgelopen')], default='review', max_length=8)),
                ('ending', models.CharField(blank=True, choices=[('decided', 'Besloten'), ('lower', 'Kan op een lager niveau'), ('withdrawn', 'Ingetrokken'), ('read', 'Gelezen')], max_length=10)),
                ('due_on', models.DateField(verbose_name='antwoord uiterlijk')),
                ('due_at', models.DateTimeField(null=True)),
                ('policy_version', models.CharField(max_length=40)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('answerer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bottleneck', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='cases.bottleneck')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='cases.case')),
            ],
            options={
                'verbose_name': 'opschaling',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), models.Q(('kind', 'notice'), _negated=True)), fields=('bottleneck',), name='escalation_one_running_per_bottleneck', violation_error_message='Er loopt al een vraag over dit knelpunt.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('turn', 'ended'), models.Q(('ending', ''), _negated=True)), models.Q(models.Q(('turn', 'ended'), _negated=True), ('ended_at__isnull', True), ('ending', '')), _connector='OR'), name='escalation_ended_has_ending'), models.CheckConstraint(condition=models.Q(('from_level__lt', models.F('to_level'))), name='escalation_goes_up', violation_error_message='Opschalen gaat omhoog.'), models.CheckConstraint(condition=models.Q(('asker__isnull', True), models.Q(('asker', models.F('answerer')), _negated=True), _connector='OR'), name='escalation_answered_by_another', violation_error_message='Je kunt je eigen vraag niet beantwoorden.')],
            },
        ),
        migrations.CreateModel(
            name='Dissent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=120, verbose_name='wie zei het')),
                ('channel', models.CharField(choices=[('here', 'Hier'), ('telephone', 'Per telefoon'), ('meeting', 'In een overleg'), ('paper', 'Op papier')], default='here', max_length=10, verbose_name='hoe')),
                ('at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('disputed_at', models.DateTimeField(null=True)),
                ('disputed_reason', models.TextField(blank=True, verbose_name='wat er niet klopt')),
                ('text', models.TextField(verbose_name='mening')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('escalation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dissents', to='escalation.escalation')),
            ],
            options={
                'verbose_name': 'standpunt',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=120, verbose_name='wie zei het')),
                ('channel', models.CharField(choices=[('here', 'Hier'), ('telephone', 'Per telefoon'), ('meeting', 'In een overleg'), ('paper', 'Op papier')], default='here', max_length=10, verbose_name='hoe')),
                ('at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('disputed_at', models.DateTimeField(null=True)),
                ('disputed_reason', models.TextField(blank=True, verbose_name='wat er niet klopt')),
                ('kind', models.CharField(choices=[('ask_first', 'Ik wil eerst iets weten'), ('supplied', 'Aangevuld'), ('pick_up', 'Ik pak dit knelpunt op'), ('higher', 'Dit moet hogerop'), ('decide', 'Ik besluit nu'), ('lower', 'Dit kan op een lager niveau'), ('withdraw', 'De vraag is ingetrokken'), ('read', 'Gelezen')], max_length=10)),
                ('ends', models.BooleanField()),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Casus'), (2, 'Proces'), (3, 'Management'), (4, 'Bestuurlijk')])),
                ('text', models.TextField(blank=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('escalation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='escalation.escalation')),
            ],
            options={
                'verbose_name': 'antwoord',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends', True)), fields=('escalation',), name='answer_one_ending', violation_error_message='Deze vraag heeft al een antwoord.'), models.CheckConstraint(condition=models.Q(models.Q(('ends', True), ('kind__in', ['decide', 'lower', 'withdraw', 'read'])), models.Q(('ends', False), ('kind__in', ['ask_first', 'supplied', 'pick_up', 'higher'])), _connector='OR'), name='answer_ends_by_its_kind')],
            },
        ),
        migrations.CreateModel(
            name='EscalationProcess',
            fields=[
                ('process_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='viewflow.process')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='procedure', to='escalation.escalation')),
            ],
            options={
                'default_permissions': (),
            },
            bases=('viewflow.process',),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='decision', serialize=False, to='escalation.answer')),
                ('text', models.TextField(verbose_name='besluit')),
                ('role', models.CharField(max_length=40, verbose_name='in welke rol')),
                ('binding', models.CharField(blank=True, max_length=200, verbose_name='voor wie geldt het')),
                ('until_on', models.DateField(null=True, verbose_name='geldt tot')),
                ('formal_reference', models.CharField(blank=True, max_length=60, verbose_name='formeel besluit')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='cases.case')),
            ],
            options={
                'verbose_name': 'besluit',
                'default_permissions': (),
            },
        ),
    ]
