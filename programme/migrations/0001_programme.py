import django.db.models.deletion
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
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='naam')),
                ('municipality', models.CharField(max_length=60, verbose_name='gemeente')),
                ('framework', models.CharField(max_length=200, verbose_name='kader')),
                ('framework_adopted_on', models.DateField(null=True, verbose_name='kader vastgesteld op')),
                ('status', models.CharField(choices=[('draft', 'Concept'), ('adopted', 'Vastgesteld')], max_length=8, verbose_name='status')),
                ('lead', models.CharField(max_length=120, verbose_name='regievoerder')),
                ('from_on', models.DateField(verbose_name='van')),
                ('until_on', models.DateField(verbose_name='tot en met')),
                ('imported_at', models.DateTimeField(verbose_name='overgenomen op')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='gesloten op')),
                ('version', models.PositiveIntegerField(default=1)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='gesloten door')),
            ],
            options={
                'verbose_name': 'programma',
                'verbose_name_plural': "programma's",
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('until_on__gt', models.F('from_on'))), name='programme_ends_after_start', violation_error_message='De einddag ligt voor de begindag.'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_by__isnull', False), _connector='XOR'), name='programme_closed_by_somebody', violation_error_message='Een gesloten periode is door iemand gesloten.')],
            },
        ),
        migrations.CreateModel(
            name='CapacityProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, verbose_name='code')),
                ('title', models.CharField(max_length=200, verbose_name='titel')),
                ('fte', models.DecimalField(decimal_places=1, max_digits=4, verbose_name='fte')),
                ('project_money', models.BooleanField(verbose_name='projectgeld')),
                ('state', models.CharField(choices=[('requested', 'Gevraagd'), ('granted', 'Toegekend'), ('refused', 'Afgewezen')], default='requested', max_length=9, verbose_name='stand')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='programme.programme')),
            ],
            options={
                'verbose_name': 'voorstel nieuw beleid',
                'verbose_name_plural': 'voorstellen nieuw beleid',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('programme', 'code'), name='proposal_code_once_per_programme', violation_error_message='Dit programma heeft dit voorstel al.'), models.CheckConstraint(condition=models.Q(('fte__gte', 0)), name='proposal_asks_no_negative_fte', violation_error_message='Vul 0 fte of meer in.')],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=12, verbose_name='code')),
                ('title', models.CharField(max_length=200, verbose_name='titel')),
                ('approach', models.TextField(verbose_name='aanpak')),
                ('success_criterion', models.TextField(verbose_name='wanneer is het gelukt')),
                ('deadline', models.DateField(blank=True, null=True, verbose_name='uiterlijk')),
                ('period_in_words', models.CharField(blank=True, max_length=120, verbose_name='periode in woorden')),
                ('repeat', models.CharField(blank=True, max_length=60, verbose_name='herhaling')),
                ('funding', models.CharField(choices=[('bestaande_middelen', 'Bestaande middelen'), ('bestaand_beleid', 'Bestaand beleid'), ('voorgesteld_nieuw_beleid', 'Voorgesteld nieuw beleid'), ('bestaand_en_nieuw', 'Bestaand en nieuw beleid')], max_length=24, verbose_name='dekking')),
                ('status', models.CharField(choices=[('planned', 'Nog niet begonnen'), ('running', 'Loopt'), ('at_risk', 'Loopt gevaar'), ('stalled', 'Staat stil'), ('achieved', 'Gelukt'), ('partly', 'Deels gelukt'), ('not_done', 'Niet gelukt'), ('dropped', 'Vervallen')], default='planned', max_length=8, verbose_name='stand')),
                ('version', models.PositiveIntegerField(default=1)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to=settings.AUTH_USER_MODEL, verbose_name='actiehouder')),
                ('responsible_executive', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verantwoordelijk bestuurder')),
                ('capacity_proposal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='programme.capacityproposal', verbose_name='wacht op voorstel')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='programme.programme')),
            ],
            options={
                'verbose_name': 'activiteit',
                'verbose_name_plural': 'activiteiten',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('programme', 'code'), name='activity_code_once_per_programme', violation_error_message='Dit programma heeft deze activiteit al.'), models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'running', 'at_risk', 'stalled', 'achieved', 'partly', 'not_done', 'dropped'])), name='activity_known_status', violation_error_message='Deze stand bestaat niet.')],
            },
        ),
        migrations.CreateModel(
            name='ProgressUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('status', models.CharField(choices=[('planned', 'Nog niet begonnen'), ('running', 'Loopt'), ('at_risk', 'Loopt gevaar'), ('stalled', 'Staat stil'), ('achieved', 'Gelukt'), ('partly', 'Deels gelukt'), ('not_done', 'Niet gelukt'), ('dropped', 'Vervallen')], max_length=8, verbose_name='stand')),
                ('reason', models.CharField(blank=True, choices=[('capacity', 'Te weinig mensen'), ('money', 'Te weinig geld'), ('partner', 'Een partij kan of wil niet meedoen'), ('priority', 'Iets anders ging voor'), ('rules', 'De regels passen niet'), ('other', 'Iets anders')], max_length=8, verbose_name='waarom niet')),
                ('text', models.TextField(blank=True, verbose_name='toelichting')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='programme.activity')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'voortgang',
                'default_permissions': (),
                'indexes': [models.Index(fields=['activity', '-id'], name='progress_newest_first')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['stalled', 'partly', 'not_done', 'dropped']), _negated=True), models.Q(('reason', ''), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='progress_says_why_it_failed', violation_error_message='Schrijf waarom het niet lukte. Kies een reden of leg het uit.')],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='naam')),
                ('number', models.PositiveSmallIntegerField(verbose_name='volgorde')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='themes', to='programme.programme')),
            ],
            options={
                'verbose_name': 'thema',
                'verbose_name_plural': "thema's",
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('programme', 'code'), name='theme_code_once_per_programme', violation_error_message='Dit programma heeft dit thema al.')],
            },
        ),
        migrations.CreateModel(
            name='Priority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='nummer')),
                ('name', models.CharField(max_length=120, verbose_name='naam')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='priorities', to='programme.programme')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='priorities', to='programme.theme', verbose_name='thema')),
            ],
            options={
                'verbose_name': 'prioriteit',
                'verbose_name_plural': 'prioriteiten',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('programme', 'number'), name='priority_number_once_per_programme', violation_error_message="Dit programma heeft al zo'n prioriteit.")],
            },
        ),
        migrations.AddField(
            model_name='activity',
            name='theme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='programme.theme', verbose_name='thema'),
        ),
        migrations.CreateModel(
            name='Achievement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='titel')),
                ('achieved', models.BooleanField(verbose_name='gelukt')),
                ('result', models.TextField(blank=True, verbose_name='resultaat')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programme.activity', verbose_name='opgevolgd door')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='achievements', to='programme.programme')),
                ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programme.theme')),
            ],
            options={
                'verbose_name': 'resultaat van de vorige periode',
                'verbose_name_plural': 'resultaten van de vorige periode',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('programme', 'title'), name='achievement_once_per_programme', violation_error_message='Dit resultaat staat er al.'), models.CheckConstraint(condition=models.Q(('achieved', False), ('successor__isnull', True), _connector='OR'), name='achievement_done_has_no_successor', violation_error_message='Wat gelukt is, heeft geen opvolger.')],
            },
        ),
        migrations.CreateModel(
            name='ActivityOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='vanaf')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='tot')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owners', to='programme.activity')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'actiehouder',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('activity',), name='activity_one_owner_at_a_time', violation_error_message='Deze activiteit heeft al een actiehouder.')],
            },
        ),
        migrations.CreateModel(
            name='ActivityParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='volgorde')),
                ('name_in_source', models.CharField(max_length=120, verbose_name='naam in de bron')),
                ('name', models.CharField(max_length=120, verbose_name='partij')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='programme.activity')),
            ],
            options={
                'verbose_name': 'partij van een activiteit',
                'verbose_name_plural': 'partijen van een activiteit',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('activity', 'name_in_source'), name='activity_party_once', violation_error_message='Deze partij doet al mee.')],
            },
        ),
        migrations.CreateModel(
            name='PolicySignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theme', models.CharField(max_length=16, verbose_name='soort knelpunt')),
                ('text', models.TextField(verbose_name='signaal')),
                ('period', models.CharField(blank=True, max_length=80, verbose_name='periode in woorden')),
                ('sent_on', models.DateField(verbose_name='gestuurd op')),
                ('answer_due', models.DateField(verbose_name='antwoord uiterlijk')),
                ('answer', models.TextField(blank=True, verbose_name='antwoord')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='beantwoord op')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='antwoord gelezen op')),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='programme.activity', verbose_name='activiteit')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='beantwoord door')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.desk', verbose_name='voor bureau')),
            ],
            options={
                'verbose_name': 'beleidssignaal',
                'verbose_name_plural': 'beleidssignalen',
                'default_permissions': (),
                'indexes': [models.Index(fields=['desk', '-id'], name='signal_of_desk'), models.Index(fields=['asked_by', '-id'], name='signal_of_sender')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='signal_answer_is_whole', violation_error_message='Schrijf een antwoord.'), models.CheckConstraint(condition=models.Q(('read_at__isnull', True), ('answered_at__isnull', False), _connector='OR'), name='signal_read_after_answer', violation_error_message='Er is nog geen antwoord om te lezen.'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='signal_says_something', violation_error_message='Schrijf wat je in de praktijk ziet.')],
            },
        ),
    ]
