from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_retraction'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
    ]
