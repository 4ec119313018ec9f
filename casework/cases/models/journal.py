"""What happened in a case, as structured change."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models.case import Case


class EventQuerySet(ScopedQuerySet["Event"]):
    """The timeline of the cases that somebody may read."""

    scope_permission = Permission.READ_DOSSIER


class Event(models.Model):
    """
    One thing that happened: references and changes, never names or text.

    `changes` is a list of [key, field, from, to]; replaying all of a case gives its
    present state. `facts` holds ids, codes and days for the sentence on the timeline.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    facts = models.JSONField(default=dict)
    changes = models.JSONField(default=list)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "gebeurtenis"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "-id"], name="event_timeline"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__regex=r"^[a-z_]+\.[a-z_]+$"),
                name="event_kind_is_noun_past_tense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.case_id}"
