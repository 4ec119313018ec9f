"""A request to stop procesregie, and what the receiver said about it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ave.engine import Procedure
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case
from casework.cases.models.spoken import Spoken
from casework.cases.models.tracked import Tracked
from casework.work.days import spoken


class DeEscalationQuerySet(ScopedQuerySet["DeEscalation"]):
    """Requests to stop procesregie, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class DeEscalation(Tracked):
    """A request to stop procesregie: somebody must take the case over."""

    class State(models.TextChoices):
        ASKED = "asked", "Gevraagd"
        AFTERCARE = "aftercare", "Overgenomen"
        DECLINED = "declined", "Geweigerd"
        WITHDRAWN = "withdrawn", "Ingetrokken"
        DONE = "done", "Nazorg klaar"

    KEY = "deescalation"
    TRACKED = ("receiver_id", "asker_id", "state", "aftercare_on", "ended_at")

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="deescalations"
    )
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField("waarom het nu kan")
    aftercare_on = models.DateField("dag om terug te kijken")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    aftercare_result = models.TextField("hoe gaat het nu", blank=True)
    answer = models.TextField("antwoord van de ontvanger", blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = DeEscalationQuerySet.as_manager()

    class Meta:
        verbose_name = "afschaling"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True),
                name="deescalation_one_running_per_case",
                violation_error_message="Er loopt al een vraag om te stoppen.",
            ),
            models.CheckConstraint(
                condition=~Q(asker=models.F("receiver")),
                name="deescalation_accepted_by_another",
                violation_error_message="Kies een ander om het over te nemen.",
            ),
        ]

    def __str__(self) -> str:
        return f"deescalation {self.pk}"


class AcceptanceQuerySet(ScopedQuerySet["Acceptance"]):
    """What receivers said, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER
    scope_path = "stop__case"


class Acceptance(Spoken):
    """What the receiver said about taking a case over, perhaps by telephone."""

    stop = models.OneToOneField(
        DeEscalation, on_delete=models.PROTECT, related_name="acceptance"
    )
    accepted = models.BooleanField("neemt het over")

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = "overname"
        default_permissions = ()

    def __str__(self) -> str:
        return f"acceptance {self.pk}"

    @property
    def case(self) -> Case:
        """The case that is taken over."""
        return self.stop.case

    @property
    def words(self) -> str:
        """Why the receiver does not take it over."""
        return self.stop.answer

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Whether the receiver takes it over, and when we look back if so."""
        taken = "Ja, ik neem het over" if self.accepted else "Nee, nu niet"
        look_back = spoken(self.stop.aftercare_on) if self.accepted else ""
        return [
            ("Vraag", "Neem je deze casus over?"),
            ("Antwoord", taken),
            ("Terugkijken op", look_back),
        ]


class DeescalationProcess(Procedure):
    """The procedure of stopping procesregie."""

    subject = models.OneToOneField(
        DeEscalation, on_delete=models.PROTECT, related_name="procedure"
    )

    class Meta:
        default_permissions = ()
