import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_cases'),
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('plan', '0001_plan'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField(verbose_name='overleg op')),
                ('at', models.DateTimeField()),
                ('object_until', models.DateField(verbose_name='reageren tot en met')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='cases.case')),
                ('present', models.ManyToManyField(related_name='+', to='people.organisation')),
            ],
            options={
                'verbose_name': 'overleg met afspraken',
                'verbose_name_plural': 'overleggen met afspraken',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('task', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='agreement', to='plan.task')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='meetings.agreementround')),
            ],
            options={
                'verbose_name': 'afspraak',
                'verbose_name_plural': 'afspraken',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('round', 'number'), name='agreement_number_once_per_round')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='wat klopt er niet')),
                ('at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='meetings.agreement')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
            ],
            options={
                'verbose_name': 'mening bij een afspraak',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('agreement', 'organisation'), name='objection_once_per_party', violation_error_message='Jullie hebben al gezegd wat niet klopt.'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='objection_has_words', violation_error_message='Schrijf wat er niet klopt.')],
            },
        ),
    ]
