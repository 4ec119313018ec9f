"""What was agreed in a meeting: who was there, who does what, and who disagrees."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case
from casework.cases.models.tracked import Tracked
from casework.people.models import Organisation
from casework.plan.models import Task
from casework.work.days import local_day


class RoundQuerySet(ScopedQuerySet["AgreementRound"]):
    """Rounds of agreements, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class AgreementQuerySet(ScopedQuerySet["Agreement"]):
    """Agreements, for who reads the dossier; a desk sees its own as a task."""

    scope_permission = Permission.READ_DOSSIER


class ObjectionQuerySet(ScopedQuerySet["Objection"]):
    """Objections, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class AgreementRound(Tracked):
    """One meeting ("afspraken uit overleg") with what was agreed in it."""

    KEY = "round"
    TRACKED = ("held_on",)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rounds")
    held_on = models.DateField("overleg op")
    present = models.ManyToManyField(Organisation, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    object_until = models.DateField("reageren tot en met")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "overleg met afspraken"
        verbose_name_plural = "overleggen met afspraken"
        default_permissions = ()

    def __str__(self) -> str:
        return f"round {self.pk} of {self.case_id}"

    def is_over(self, at: datetime) -> bool:
        """Whether the days to say that something is not right are over."""
        return local_day(at) > self.object_until


class Agreement(Tracked):
    """One row of a round, with the task that it became."""

    KEY = "agreement"
    TRACKED = ("round_id", "number", "task_id")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        AgreementRound, on_delete=models.PROTECT, related_name="agreements"
    )
    number = models.PositiveSmallIntegerField()
    task = models.OneToOneField(
        Task, on_delete=models.PROTECT, related_name="agreement"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "afspraak"
        verbose_name_plural = "afspraken"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["round", "number"], name="agreement_number_once_per_round"
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.number} of {self.round_id}"


class Objection(Tracked):
    """What a party says is not right; kept beside the agreement, which stands."""

    KEY = "objection"
    TRACKED = ("agreement_id", "organisation_id", "seen_at")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="objections"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField("wat klopt er niet")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "mening bij een afspraak"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                name="objection_once_per_party",
                violation_error_message="Jullie hebben al gezegd wat niet klopt.",
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="objection_has_words",
                violation_error_message="Schrijf wat er niet klopt.",
            ),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"
