from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('work', '0006_pause'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('reminder', 'Herinnering'), ('digest', 'Overzicht van de dag'), ('absence', 'Vervanging'), ('anchor', 'IJkpunt van het logboek'), ('account', 'Je account')], max_length=10, verbose_name='soort'),
        ),
    ]
