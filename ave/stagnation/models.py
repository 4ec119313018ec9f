"""Who said that a case is stuck, what was answered, and what somebody fears."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.access.grants import granted
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Bottleneck, Case
from casework.cases.models.tracked import Tracked
from casework.people.models import Organisation, User
from casework.plan.models import Task
from casework.plan.models.task import people_of


class StuckReportQuerySet(ScopedQuerySet["StuckReport"]):
    """What people said is stuck, for the regisseurs, and for who said it."""

    scope_permission = Permission.READ_DOSSIER

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """What he said himself, and what was said about dossiers that he reads."""
        if permission is not None or not user.is_active:
            return super().visible_to(user, at=at, permission=permission)
        dossiers = granted(Case, user, Permission.READ_DOSSIER, at=at)
        found = self.filter(
            Q(case__in=dossiers) | Q(by__in=people_of(user, at=at))
        ).excluding(user)
        return found._within_scope()

    def waiting(self) -> Self:
        """What the procesregisseur still has to answer."""
        return self.filter(state=StuckReport.State.WAITING)


class StuckReport(Tracked):
    """Somebody can't go on: written without names, answered before a day."""

    class State(models.TextChoices):
        WAITING = "waiting", "Wacht op antwoord"
        PICKED_UP = "picked_up", "Opgepakt"
        REFUSED = "refused", "Niet opgepakt"

    KEY = "stuck"
    TRACKED = ("task_id", "state", "bottleneck_id", "answered_at")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, null=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    text = models.TextField("wat loopt vast")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    state = models.CharField(
        "stand", max_length=9, choices=State.choices, default=State.WAITING
    )
    answer = models.TextField("antwoord", blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    bottleneck = models.ForeignKey(
        Bottleneck, on_delete=models.PROTECT, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = StuckReportQuerySet.as_manager()

    class Meta:
        verbose_name = "melding dat het vastloopt"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["case"], condition=Q(state="waiting"), name="stuck_waiting"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="waiting") ^ Q(answered_at__isnull=False),
                name="stuck_answered_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(answer=""),
                name="stuck_refused_has_a_reason",
                violation_error_message="Schrijf waarom je dit niet oppakt.",
            ),
            models.UniqueConstraint(
                fields=["case", "by"],
                condition=Q(state="waiting"),
                name="stuck_once_while_waiting",
                violation_error_message="Je hebt dit al gemeld.",
            ),
        ]

    def __str__(self) -> str:
        return f"stuck {self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether the procesregisseur still has to answer."""
        return self.state == self.State.WAITING


class ThreatQuerySet(ScopedQuerySet["Threat"]):
    """Flags that somebody set, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER

    def standing(self) -> Self:
        """Flags that nobody took away."""
        return self.filter(cleared_at__isnull=True)


class Threat(Tracked):
    """The flag that somebody set by hand ("dreigt vast te lopen")."""

    KEY = "threat"
    TRACKED = ("set_at", "cleared_at")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("waarom")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    objects = ThreatQuerySet.as_manager()

    class Meta:
        verbose_name = "dreigt vast te lopen"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(cleared_at__isnull=True),
                name="threat_once_per_case",
                violation_error_message="Dit staat al bij deze casus.",
            ),
        ]

    def __str__(self) -> str:
        return f"threat {self.pk}"
