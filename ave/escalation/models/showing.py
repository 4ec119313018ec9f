"""Who looked at whom a request is about, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from ave.escalation.models.request import Escalation
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case


class ShowingQuerySet(ScopedQuerySet["Showing"]):
    """Who looked, for who reads the dossier."""

    scope_permission = Permission.READ_DOSSIER


class Showing(models.Model):
    """One time that the people of a case were shown to who reads a memo."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="showings")
    escalation = models.ForeignKey(
        Escalation, on_delete=models.PROTECT, related_name="showings"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField("waarom is dit nodig")
    at = models.DateTimeField()

    objects = ShowingQuerySet.as_manager()

    class Meta:
        verbose_name = "inzage van een naam"
        default_permissions = ()

    def __str__(self) -> str:
        return f"showing {self.pk}"

    @property
    def key(self) -> str:
        """Its name in work items: "showing:5"."""
        return f"showing:{self.pk}"
