"""What this municipality decided otherwise than the defaults, and since when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from casework.people.models import User


class PolicyOverrideQuerySet(models.QuerySet["PolicyOverride"]):
    """Decisions about terms, ladders and choices."""

    def valid_on(self, day: date) -> PolicyOverrideQuerySet:
        """Decisions that hold on a day, the latest of a key last."""
        return (
            self.filter(valid_from__lte=day)
            .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day))
            .order_by("valid_from", "pk")
        )


class PolicyOverride(models.Model):
    """
    One decision: from this day on a key has this value.

    Append-only, so that any earlier policy can be given back. The latest day on which
    a decision began counts, so two of them can never hold at the same time. The value
    null goes back to the default.
    """

    municipality = models.CharField("gemeente", max_length=80)
    key = models.CharField("onderwerp", max_length=120)
    value = models.JSONField("waarde", null=True)
    valid_from = models.DateField("vanaf")
    valid_until = models.DateField("tot", null=True, blank=True)
    set_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="vastgesteld door",
    )
    set_at = models.DateTimeField("vastgesteld op")
    source = models.CharField("bron", max_length=200)

    objects = PolicyOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = "eigen termijn"
        verbose_name_plural = "eigen termijnen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["municipality", "key", "valid_from"],
                name="policy_one_decision_per_day",
                violation_error_message=(
                    "Hierover is op deze dag al iets vastgesteld. Kies een andere dag."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gt=F("valid_from")),
                name="policy_ends_after_start",
                violation_error_message="De einddag ligt niet na de begindag.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="policy_has_a_source",
                violation_error_message="Schrijf op wie dit heeft vastgesteld.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} vanaf {self.valid_from}"
