"""A doorzettingsbesluit: what an AOV decides where an activity is stuck."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate

from programme.models.activity import Activity


class OverrideDecision(models.Model):
    """
    What an AOV decided about an activity: by which mandate, for whom, until when.

    An internal decision, no Awb-besluit; `formal_reference` names the formal one.
    """

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="overrides"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    text = models.TextField("besluit")
    mandate = models.CharField("mandaat", max_length=200)
    mandate_on = models.DateField("mandaat van")
    ground = models.TextField("grond")
    binding = models.CharField("voor wie geldt het", max_length=200)
    heard = models.TextField("wie is gehoord")
    until_on = models.DateField("geldt tot en met")
    formal_reference = models.CharField("formeel besluit", max_length=60, blank=True)

    class Meta:
        verbose_name = "doorzettingsbesluit"
        verbose_name_plural = "doorzettingsbesluiten"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(text="")
                & ~Q(mandate="")
                & ~Q(ground="")
                & ~Q(binding="")
                & ~Q(heard=""),
                name="override_is_whole",
                violation_error_message=(
                    "Schrijf wat je besluit, met mandaat, grond, voor wie het geldt "
                    "en wie is gehoord."
                ),
            ),
            models.CheckConstraint(
                condition=Q(mandate_on__lte=TruncDate(F("at"))),
                name="override_mandate_came_first",
                violation_error_message="Het mandaat is van na het besluit.",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=TruncDate(F("at"))),
                name="override_holds_after_its_day",
                violation_error_message="Het besluit geldt niet na zijn eigen dag.",
            ),
        ]

    def __str__(self) -> str:
        return f"override {self.pk}"

    def is_over(self, *, on: date) -> bool:
        """Whether it holds no longer."""
        return self.until_on < on
