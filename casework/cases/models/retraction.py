"""What was taken back as a mistake, and what may have leaked by it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models.case import Case
from casework.cases.models.tracked import Tracked


class RetractionQuerySet(ScopedQuerySet["Retraction"]):
    """Mistakes, for who reads the dossier; the privacy officer is asked by his work."""

    scope_permission = Permission.READ_DOSSIER


class BreachQuerySet(ScopedQuerySet["Breach"]):
    """Possible leaks, for who reads the dossier; the privacy officer as above."""

    scope_permission = Permission.READ_DOSSIER


class Retraction(Tracked):
    """
    A person, note or disclosure that was taken back: why, and whether its text may go.

    `about` names the row ("note:12"). One row is taken back once.
    """

    class Reason(models.TextChoices):
        WRONG_CASE = "wrong_case", "Hoort bij een andere casus"
        WRONG_PERSON = "wrong_person", "Gaat over iemand anders"
        NOT_NEEDED = "not_needed", "Is niet nodig voor het doel"
        NOT_ALLOWED = "not_allowed", "Mocht niet gedeeld of vastgelegd worden"
        INCORRECT = "incorrect", "Klopt niet"

    class Decision(models.TextChoices):
        OPEN = "", "Nog niet besloten"
        DESTROYED = "destroyed", "Tekst vernietigd"
        REFUSED = "refused", "Tekst blijft bewaard"

    KEY = "retraction"
    TRACKED = ("about", "reason", "decision")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="retractions")
    about = models.CharField(max_length=40, unique=True)
    reason = models.CharField("waarom", max_length=12, choices=Reason.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    decision = models.CharField(
        "besluit", max_length=10, choices=Decision.choices, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    refusal = models.TextField("waarom niet", blank=True)

    objects = RetractionQuerySet.as_manager()

    class Meta:
        verbose_name = "vergissing"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="retraction_decided_has_a_moment",
                violation_error_message="Een besluit heeft een moment.",
            ),
            models.CheckConstraint(
                condition=~Q(decision="refused") | ~Q(refusal=""),
                name="retraction_refused_has_a_reason",
                violation_error_message="Schrijf waarom de tekst moet blijven.",
            ),
        ]

    def __str__(self) -> str:
        return f"retraction {self.pk}"

    @property
    def noun(self) -> str:
        """The kind of row that was taken back, "note" for "note:12"."""
        return self.about.partition(":")[0]

    @property
    def subject_pk(self) -> int:
        """The key of what was taken back."""
        return int(self.about.partition(":")[2])


class Breach(Tracked):
    """A possible data leak: 72 clock hours to decide what it is (AVG, article 33)."""

    class Conclusion(models.TextChoices):
        OPEN = "", "Nog niet beoordeeld"
        NONE = "none", "Geen datalek"
        NO_RISK = "no_risk", "Datalek zonder risico: alleen in ons register"
        REPORTED = "reported", "Gemeld bij de Autoriteit Persoonsgegevens"
        TOLD = "told", "Gemeld, en de inwoner is ingelicht"

    KEY = "breach"
    TRACKED = ("about", "conclusion")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="breaches")
    about = models.CharField(max_length=40)
    noticed_at = models.DateTimeField("ontdekt op")
    report_by = models.DateTimeField("melden kan tot")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    conclusion = models.CharField(
        "conclusie", max_length=10, choices=Conclusion.choices, blank=True
    )
    text = models.TextField("waarom", blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = "mogelijk datalek"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(conclusion="", closed_at__isnull=True)
                | (~Q(conclusion="") & ~Q(text="") & Q(closed_at__isnull=False)),
                name="breach_closed_has_a_conclusion",
                violation_error_message="Schrijf wat je conclusie is en waarom.",
            ),
        ]

    def __str__(self) -> str:
        return f"breach {self.pk}"
