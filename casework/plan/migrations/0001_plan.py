import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_cases'),
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('advice_housing', 'Geef advies over veilig wonen'), ('advice_care', 'Geef advies over de zorg die nodig is'), ('advice_safety', 'Geef advies over de veiligheid'), ('visit', 'Ga op huisbezoek'), ('visit_weekly', 'Ga elke week op huisbezoek'), ('appointment', 'Maak een afspraak met de inwoner'), ('place', 'Regel een plek'), ('start_care', 'Start de zorg'), ('rent_file', 'Stuur het huurdossier op'), ('overview', 'Stuur een overzicht van de meldingen'), ('scheme', 'Zoek uit welke regeling past'), ('debts', 'Breng de schulden in kaart'), ('neighbours', 'Praat met de buren'), ('watch', 'Meld wat je ziet in de wijk'), ('repair', 'Laat de woning nakijken'), ('family', 'Praat met het gezin over hulp'), ('contact', 'Noem een vast contactpersoon'), ('agree_approach', 'Stem de aanpak af met de andere partijen')], max_length=20, verbose_name='wat vraag je')),
                ('due_on', models.DateField(verbose_name='uiterlijk')),
                ('state', models.CharField(choices=[('offered', 'Nog niet opgepakt'), ('picked_up', 'Bezig'), ('done', 'Klaar'), ('verified', 'Nagekeken'), ('declined', 'Past niet'), ('handed_back', 'Teruggegeven'), ('withdrawn', 'Ingetrokken')], default='offered', max_length=12, verbose_name='stand')),
                ('verify_wanted', models.BooleanField(default=False, verbose_name='nakijken')),
                ('origin', models.CharField(blank=True, max_length=40)),
                ('offered_at', models.DateTimeField(verbose_name='gevraagd op')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='afgerond op')),
                ('version', models.PositiveIntegerField(default=1)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='cases.case')),
            ],
            options={
                'verbose_name': 'taak',
                'verbose_name_plural': 'taken',
                'default_permissions': (),
                'indexes': [models.Index(fields=['case', 'due_on'], name='task_of_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'picked_up', 'done', 'verified', 'declined', 'handed_back', 'withdrawn'])), name='task_known_state', violation_error_message='Deze stand bestaat niet.'), models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'picked_up']), ('settled_at__isnull', False), _connector='XOR'), name='task_settled_has_a_moment', violation_error_message='Een afgeronde taak heeft een moment.')],
            },
        ),
        migrations.CreateModel(
            name='ActionPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('discussed_with_inhabitant', models.BooleanField(verbose_name='besproken met de inwoner')),
                ('not_discussed_reason', models.TextField(blank=True, verbose_name='waarom nog niet')),
                ('review_on', models.DateField(verbose_name='bekijk opnieuw op')),
                ('made_at', models.DateTimeField(verbose_name='gemaakt op')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='vervangen op')),
                ('version', models.PositiveIntegerField(default=1)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='cases.case')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'plan',
                'verbose_name_plural': 'plannen',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case',), name='plan_one_running_per_case', violation_error_message='In deze casus loopt al een plan.'), models.CheckConstraint(condition=models.Q(('discussed_with_inhabitant', True), models.Q(('not_discussed_reason', ''), _negated=True), _connector='OR'), name='plan_not_discussed_has_a_reason', violation_error_message='Schrijf waarom het plan nog niet met de inwoner is besproken.')],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('text', models.TextField()),
                ('saved_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'concept',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='draft_once_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='wat willen we bereiken')),
                ('life_domain', models.CharField(choices=[('housing', 'Wonen'), ('money', 'Geld'), ('health', 'Gezondheid'), ('safety', 'Veiligheid'), ('family', 'Gezin en opvoeden'), ('work', 'Werk en dagbesteding'), ('network', 'Familie, vrienden en buren'), ('justice', 'Politie en justitie')], max_length=8, verbose_name='waar gaat het over')),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='cases.case')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='plan.actionplan')),
            ],
            options={
                'verbose_name': 'doel',
                'verbose_name_plural': 'doelen',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='goal_has_words', violation_error_message='Schrijf wat jullie willen bereiken.')],
            },
        ),
        migrations.CreateModel(
            name='TaskContent',
            fields=[
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='content', serialize=False, to='plan.task')),
                ('question', models.TextField(verbose_name='wat we vragen')),
            ],
            options={
                'verbose_name': 'inhoud van een taak',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('question', ''), _negated=True), name='task_has_a_question', violation_error_message='Schrijf wat je vraagt.')],
            },
        ),
        migrations.AddField(
            model_name='task',
            name='goal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='plan.goal'),
        ),
        migrations.AddField(
            model_name='task',
            name='offered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='TaskDesk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_lead', models.BooleanField(verbose_name='trekker')),
                ('state', models.CharField(choices=[('offered', 'Nog niet opgepakt'), ('picked_up', 'Bezig'), ('done', 'Klaar'), ('declined', 'Past niet'), ('handed_back', 'Teruggegeven'), ('ended', 'Niet meer nodig')], default='offered', max_length=12, verbose_name='stand')),
                ('picked_up_at', models.DateTimeField(null=True, verbose_name='opgepakt op')),
                ('reason', models.TextField(blank=True, verbose_name='waarom niet')),
                ('ended_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='people.desk')),
                ('taker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='plan.task')),
            ],
            options={
                'verbose_name': 'plaats in een taak',
                'default_permissions': (),
                'indexes': [models.Index(fields=['desk', 'task'], name='task_desk_of_desk')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_lead', True)), fields=('task',), name='task_one_lead', violation_error_message='Een taak heeft één trekker.'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('task', 'desk'), name='task_desk_once_while_open', violation_error_message='Dit bureau doet al mee aan deze taak.'), models.CheckConstraint(condition=models.Q(('state__in', ['offered', 'picked_up']), ('ended_at__isnull', False), _connector='XOR'), name='task_desk_ended_has_a_moment', violation_error_message='Wat klaar is, heeft een moment.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'picked_up'), _negated=True), models.Q(('picked_up_at__isnull', False), ('taker__isnull', False)), _connector='OR'), name='task_desk_picked_up_by_somebody', violation_error_message='Iemand moet de taak oppakken.'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['declined', 'handed_back']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='task_desk_refused_has_a_reason', violation_error_message='Schrijf kort waarom.')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=120, verbose_name='wie zei het')),
                ('channel', models.CharField(choices=[('here', 'Hier'), ('telephone', 'Per telefoon'), ('meeting', 'In een overleg'), ('paper', 'Op papier')], default='here', max_length=10, verbose_name='hoe')),
                ('at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('disputed_at', models.DateTimeField(null=True)),
                ('disputed_reason', models.TextField(blank=True, verbose_name='wat er niet klopt')),
                ('choice', models.CharField(blank=True, max_length=16, verbose_name='antwoord')),
                ('answer', models.TextField(verbose_name='uitleg')),
                ('tag', models.CharField(blank=True, choices=[('', 'Gewoon'), ('police', 'Van de politie'), ('judicial', 'Van justitie'), ('medical', 'Medisch'), ('minor', 'Over een kind')], max_length=8, verbose_name='soort')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by_organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='plan.task')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='plan.taskdesk')),
            ],
            options={
                'verbose_name': 'antwoord op een taak',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('answer', ''), _negated=True), name='report_has_an_answer', violation_error_message='Vul een uitleg in.'), models.CheckConstraint(condition=models.Q(('by__isnull', False), models.Q(('by_name', ''), _negated=True), _connector='OR'), name='report_says_who_gave_it', violation_error_message='Schrijf op wie dit zei.')],
            },
        ),
    ]
