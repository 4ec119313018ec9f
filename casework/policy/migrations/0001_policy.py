import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "municipality",
                    models.CharField(max_length=80, verbose_name="gemeente"),
                ),
                ("key", models.CharField(max_length=120, verbose_name="onderwerp")),
                ("value", models.JSONField(null=True, verbose_name="waarde")),
                ("valid_from", models.DateField(verbose_name="vanaf")),
                (
                    "valid_until",
                    models.DateField(blank=True, null=True, verbose_name="tot"),
                ),
                ("set_at", models.DateTimeField(verbose_name="vastgesteld op")),
                ("source", models.CharField(max_length=200, verbose_name="bron")),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="vastgesteld door",
                    ),
                ),
            ],
            options={
                "verbose_name": "eigen termijn",
                "verbose_name_plural": "eigen termijnen",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("municipality", "key", "valid_from"),
                        name="policy_one_decision_per_day",
                        violation_error_message="Hierover is op deze dag al iets vastgesteld. Kies een andere dag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="policy_ends_after_start",
                        violation_error_message="De einddag ligt niet na de begindag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="policy_has_a_source",
                        violation_error_message="Schrijf op wie dit heeft vastgesteld.",
                    ),
                ],
            },
        ),
    ]
