import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='naam')),
                ('short_name', models.CharField(max_length=40, verbose_name='korte naam')),
                ('kind', models.CharField(choices=[('gemeente', 'Gemeente'), ('ketenpartner', 'Ketenpartner')], max_length=20, verbose_name='soort')),
                ('is_active', models.BooleanField(default=True, verbose_name='actief')),
            ],
            options={
                'verbose_name': 'organisatie',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mailadres')),
                ('name', models.CharField(max_length=120, verbose_name='naam')),
                ('job_title', models.CharField(blank=True, max_length=120, verbose_name='functie')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='telefoon')),
                ('is_active', models.BooleanField(default=True, verbose_name='actief')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deputy_of', to=settings.AUTH_USER_MODEL, verbose_name='vervanger')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('team_lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='team', to=settings.AUTH_USER_MODEL, verbose_name='leidinggevende')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='people.organisation', verbose_name='organisatie')),
            ],
            options={
                'verbose_name': 'gebruiker',
                'constraints': [models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('pk')), _negated=True), _connector='OR'), name='user_not_own_deputy', violation_error_message='Kies een ander als vervanger.')],
            },
        ),
        migrations.CreateModel(
            name='Desk',
            fields=[
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='desk', serialize=False, to='auth.group')),
                ('name', models.CharField(max_length=120, verbose_name='naam')),
                ('kind', models.CharField(choices=[('procesregie', 'Procesregie'), ('casusregie', 'Casusregie'), ('partner', 'Ketenpartner'), ('management', 'Management'), ('bestuur', 'Bestuur'), ('aov', 'Openbare orde en veiligheid'), ('policy', 'Beleid'), ('privacy', 'Privacy'), ('fg', 'Functionaris gegevensbescherming'), ('beheer', 'Functioneel beheer'), ('piket', 'Piket')], max_length=20, verbose_name='soort')),
                ('portfolio', models.CharField(blank=True, max_length=40, verbose_name='portefeuille')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='telefoon')),
                ('is_active', models.BooleanField(default=True, verbose_name='actief')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='desks', to='people.organisation')),
            ],
            options={
                'verbose_name': 'bureau',
                'constraints': [models.UniqueConstraint(fields=('organisation', 'name'), name='desk_name_once_per_organisation', violation_error_message="Deze organisatie heeft al zo'n bureau.")],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('result', models.CharField(blank=True, max_length=200)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'inzending',
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='submission_once_per_user')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='vanaf')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='tot')),
                ('reason', models.CharField(max_length=200, verbose_name='reden')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands_in_for', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'afwezigheid',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('user',), name='absence_once_while_open', violation_error_message='Deze collega is al afwezig gemeld.'), models.CheckConstraint(condition=models.Q(('user', models.F('deputy')), _negated=True), name='absence_deputy_is_another', violation_error_message='Kies een ander als vervanger.'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='absence_ends_after_start', violation_error_message='De laatste dag ligt voor de eerste.')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('procesregisseur', 'Procesregisseur'), ('casusregisseur', 'Casusregisseur'), ('ketenpartner', 'Ketenpartner'), ('manager', 'Manager'), ('bestuurder', 'Bestuurder'), ('aov', 'Adviseur openbare orde en veiligheid'), ('beleidsmedewerker', 'Beleidsmedewerker'), ('privacy-officer', 'Privacy officer'), ('fg', 'Functionaris gegevensbescherming'), ('beheerder', 'Functioneel beheerder')], max_length=20, verbose_name='rol')),
                ('is_lead', models.BooleanField(default=False, verbose_name='aanspreekpunt')),
                ('from_on', models.DateField(verbose_name='vanaf')),
                ('until_on', models.DateField(blank=True, null=True, verbose_name='tot')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='people.desk')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lidmaatschap',
                'constraints': [models.UniqueConstraint(condition=models.Q(('until_on__isnull', True)), fields=('user', 'desk'), name='membership_once_while_open', violation_error_message='Deze collega hoort al bij dit bureau.'), models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='membership_ends_after_start', violation_error_message='De einddag ligt voor de begindag.')],
            },
        ),
    ]
