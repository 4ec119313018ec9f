"""What was found when a referral was assessed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ave.engine import Procedure
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case


class TriageQuerySet(ScopedQuerySet["Triage"]):
    """Assessments, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class Triage(models.Model):
    """
    The four criteria of the programme, and the outcome.

    Source: Uitvoeringsprogramma IVB 2024-2025, procesregie: problems, safety risk,
    bottleneck on substance or cooperation, chain or domain crossing approach.
    """

    class Answer(models.TextChoices):
        YES = "yes", "Ja"
        NO = "no", "Nee"
        UNKNOWN = "unknown", "Weet ik niet"

    class Outcome(models.TextChoices):
        PROCESREGIE = "procesregie", "Procesregie start"
        ADVICE = "advice", "Advies gegeven"
        BACK = "back", "Terug naar de casusregisseur"
        SAFETY_HOUSE = "safety_house", "Naar het Zorg- en Veiligheidshuis"
        ELSEWHERE = "elsewhere", "Naar een andere plek"
        REFUSED = "refused", "Niet oppakken"

    SENT_ON: ClassVar[frozenset[str]] = frozenset({"back", "safety_house", "elsewhere"})
    """Outcomes by which another goes on: who receives it is written down and asked."""

    CRITERIA: ClassVar[dict[str, str]] = {
        "problems": "Zijn er problemen op meer gebieden?",
        "safety": "Is er een risico voor de veiligheid?",
        "bottleneck": "Loopt het vast op inhoud of samenwerking?",
        "chain": "Zijn er partijen uit meer domeinen nodig?",
    }

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="triage"
    )
    problems = models.CharField(max_length=8, choices=Answer.choices)
    safety = models.CharField(max_length=8, choices=Answer.choices)
    bottleneck = models.CharField(max_length=8, choices=Answer.choices)
    chain = models.CharField(max_length=8, choices=Answer.choices)
    reasons = models.JSONField(default=dict)
    outcome = models.CharField("uitkomst", max_length=14, choices=Outcome.choices)
    note = models.TextField("toelichting", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    receiver = models.CharField("wie neemt het over", max_length=120, blank=True)
    arrived_on = models.DateField("aangekomen op", null=True)
    their_reference = models.CharField("hun kenmerk", max_length=60, blank=True)

    objects = TriageQuerySet.as_manager()

    class Meta:
        verbose_name = "beoordeling"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(outcome="procesregie") | ~Q(note=""),
                name="triage_other_outcome_has_a_reason",
                violation_error_message="Schrijf op waarom je dit kiest.",
            ),
        ]

    def __str__(self) -> str:
        return f"triage of {self.case_id}"


class IntakeProcess(Procedure):
    """The procedure of one referral; its subject is the case itself."""

    CASE_PATH: ClassVar[str] = "subject_id"

    subject = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="intake"
    )

    class Meta:
        default_permissions = ()
