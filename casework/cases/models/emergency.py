"""Who read a case in an emergency, why, and what was thought of it afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models.case import Case
from casework.cases.models.participation import Participation
from casework.cases.models.tracked import Tracked


class BreakGlassQuerySet(ScopedQuerySet["BreakGlass"]):
    """Emergencies, for who reads the dossier; the privacy officer is asked by his work."""

    scope_permission = Permission.READ_DOSSIER


class BreakGlass(Tracked):
    """Somebody of the municipality reads a case for four hours, with a reason."""

    class Outcome(models.TextChoices):
        OPEN = "", "Nog niet beoordeeld"
        RIGHT = "right", "Terecht"
        WRONG = "wrong", "Onterecht"

    KEY = "break_glass"
    TRACKED = ("participation_id", "outcome")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="emergencies")
    participation = models.OneToOneField(
        Participation, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    until = models.DateTimeField("tot")
    reason = models.TextField("reden")
    outcome = models.CharField(
        "oordeel", max_length=5, choices=Outcome.choices, blank=True
    )
    note = models.TextField("toelichting", blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = "noodtoegang"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(outcome="", reviewed_at__isnull=True)
                | (~Q(outcome="") & Q(reviewed_at__isnull=False)),
                name="break_glass_reviewed_has_an_outcome",
                violation_error_message="Kies of de noodtoegang terecht was.",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("by")),
                name="break_glass_reviewed_by_another",
                violation_error_message="Een ander beoordeelt jouw noodtoegang.",
            ),
        ]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"
