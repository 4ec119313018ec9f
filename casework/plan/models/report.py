"""What a desk answered, and what somebody has typed but not sent."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from casework.access.grants import granted
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case, Note
from casework.cases.models.dossier import released_to
from casework.cases.models.spoken import Spoken
from casework.cases.models.tracked import Tracked
from casework.people.models import User
from casework.plan.kinds import KINDS
from casework.plan.models.task import Task, TaskDesk

_WORDS = ("choice", "answer", "disputed_reason")


class ReportQuerySet(ScopedQuerySet["Report"]):
    """Answers, for the regisseurs and for who gave them."""

    scope_permission = Permission.READ_DOSSIER

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """
        His own answers until 90 days after, and those of dossiers he reads.

        Not what has a tag by whose rule it is not for him.
        """
        if permission is not None or not user.is_active:
            readable = super().visible_to(user, at=at, permission=permission)
            return readable.released_to(user, at=at)
        places = TaskDesk.objects.picked_up_by(user, at=at)
        own = Exists(places.filter(pk=OuterRef("place")))
        dossiers = granted(Case, user, Permission.READ_DOSSIER, at=at)
        found = self.filter(Q(case__in=dossiers) | Q(own))
        return found.excluding(user).released_to(user, at=at)._within_scope()

    def released_to(self, user: User, *, at: datetime) -> Self:
        """Only what its source, its writers and who steers may read, where it has a tag."""
        return self.filter(_released_to(user, at=at))

    def withheld_from(self, user: User, *, at: datetime) -> Self:
        """
        Those of dossiers that he reads and that are not for him.

        To say that there is an answer and where it came from: without a word of it.
        """
        readable = super().visible_to(user, at=at)
        return readable.filter(~_released_to(user, at=at)).defer(*_WORDS)


def _released_to(user: User, *, at: datetime) -> Q:
    wrote_it_down = Q(recorded_by=user)
    return wrote_it_down | released_to(user, source="by_organisation", at=at)


class Report(Tracked, Spoken):
    """The answer of one desk to a task; other parties never read it."""

    KEY = "report"
    TRACKED = ("task_id", "place_id", "choice", "tag")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    place = models.ForeignKey(
        TaskDesk, on_delete=models.PROTECT, related_name="reports"
    )
    choice = models.CharField("antwoord", max_length=16, blank=True)
    answer = models.TextField("uitleg")
    tag = models.CharField("soort", max_length=8, choices=Note.Tag.choices, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "antwoord op een taak"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(answer=""),
                name="report_has_an_answer",
                violation_error_message="Vul een uitleg in.",
            ),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(by_name=""),
                name="report_says_who_gave_it",
                violation_error_message="Schrijf op wie dit zei.",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def words(self) -> str:
        """The explanation beside the answer."""
        return self.answer

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the desk was asked, without what it is about, and what it chose."""
        return [("Taak", self.task.title), ("Antwoord", self.chosen)]

    def is_withheld_from(self, user: User, *, at: datetime) -> bool:
        """Whether it has a tag by whose rule it is not for somebody."""
        every = Report.objects.system_scope("by the rule of where it came from")
        return not every.released_to(user, at=at).filter(pk=self.pk).exists()

    @property
    def chosen(self) -> str:
        """The answer that was chosen, in words."""
        return KINDS[self.task.kind].answer(self.choice)


class Draft(models.Model):
    """What somebody typed and will send later; nobody else reads it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=40)
    text = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = "concept"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "key"], name="draft_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
