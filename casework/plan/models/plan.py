"""What a household and its helpers work towards."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case
from casework.cases.models.tracked import Tracked


class PlanQuerySet(ScopedQuerySet["ActionPlan"]):
    """Plans, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER

    def running(self) -> PlanQuerySet:
        """Plans that were not replaced."""
        return self.filter(ended_at__isnull=True)


class GoalQuerySet(ScopedQuerySet["Goal"]):
    """Goals, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class ActionPlan(Tracked):
    """The plan of a case: one runs at a time, and says who it was discussed with."""

    KEY = "plan"
    TRACKED = ("discussed_with_inhabitant", "review_on", "ended_at")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    discussed_with_inhabitant = models.BooleanField("besproken met de inwoner")
    not_discussed_reason = models.TextField("waarom nog niet", blank=True)
    review_on = models.DateField("bekijk opnieuw op")
    made_at = models.DateTimeField("gemaakt op")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField("vervangen op", null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "plan"
        verbose_name_plural = "plannen"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True),
                name="plan_one_running_per_case",
                violation_error_message="In deze casus loopt al een plan.",
            ),
            models.CheckConstraint(
                condition=Q(discussed_with_inhabitant=True)
                | ~Q(not_discussed_reason=""),
                name="plan_not_discussed_has_a_reason",
                violation_error_message=(
                    "Schrijf waarom het plan nog niet met de inwoner is besproken."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk} of {self.case_id}"


class Goal(Tracked):
    """One thing that the plan wants to reach, in one domain of life."""

    class LifeDomain(models.TextChoices):
        HOUSING = "housing", "Wonen"
        MONEY = "money", "Geld"
        HEALTH = "health", "Gezondheid"
        SAFETY = "safety", "Veiligheid"
        FAMILY = "family", "Gezin en opvoeden"
        WORK = "work", "Werk en dagbesteding"
        NETWORK = "network", "Familie, vrienden en buren"
        JUSTICE = "justice", "Politie en justitie"

    KEY = "goal"
    TRACKED = ("plan_id", "life_domain")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="goals")
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="goals")
    text = models.TextField("wat willen we bereiken")
    life_domain = models.CharField(
        "waar gaat het over", max_length=8, choices=LifeDomain.choices
    )
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = "doel"
        verbose_name_plural = "doelen"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="goal_has_words",
                violation_error_message="Schrijf wat jullie willen bereiken.",
            ),
        ]

    def __str__(self) -> str:
        return f"goal {self.pk}"
