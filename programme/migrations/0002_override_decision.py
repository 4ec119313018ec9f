import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0001_programme'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OverrideDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.TextField(verbose_name='besluit')),
                ('mandate', models.CharField(max_length=200, verbose_name='mandaat')),
                ('mandate_on', models.DateField(verbose_name='mandaat van')),
                ('ground', models.TextField(verbose_name='grond')),
                ('binding', models.CharField(max_length=200, verbose_name='voor wie geldt het')),
                ('heard', models.TextField(verbose_name='wie is gehoord')),
                ('until_on', models.DateField(verbose_name='geldt tot en met')),
                ('formal_reference', models.CharField(blank=True, max_length=60, verbose_name='formeel besluit')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='programme.activity')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'doorzettingsbesluit',
                'verbose_name_plural': 'doorzettingsbesluiten',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('mandate', ''), _negated=True), models.Q(('ground', ''), _negated=True), models.Q(('binding', ''), _negated=True), models.Q(('heard', ''), _negated=True)), name='override_is_whole', violation_error_message='Schrijf wat je besluit, met mandaat, grond, voor wie het geldt en wie is gehoord.'), models.CheckConstraint(condition=models.Q(('mandate_on__lte', django.db.models.functions.datetime.TruncDate(models.F('at')))), name='override_mandate_came_first', violation_error_message='Het mandaat is van na het besluit.'), models.CheckConstraint(condition=models.Q(('until_on__gt', django.db.models.functions.datetime.TruncDate(models.F('at')))), name='override_holds_after_its_day', violation_error_message='Het besluit geldt niet na zijn eigen dag.')],
            },
        ),
    ]
