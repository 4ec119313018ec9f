"""A question that was not sent yet, and where somebody may be named in it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.http import QueryDict

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case
from casework.people.models import User


class DraftQuerySet(ScopedQuerySet["Draft"]):
    """Questions that were not sent yet: each for who writes it, while he steers."""

    scope_permission = Permission.STEER_CASE

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """Give his own drafts, in cases that he steers now."""
        return super().visible_to(user, at=at, permission=permission).filter(by=user)


class Draft(models.Model):
    """
    What somebody filled in to ask, kept when he looked at the preview.

    `texts` is what the other will read; `found` says where somebody may be named in
    it, as [field, start, end], and is None until the clock looked.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drafts")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent = models.JSONField("wat is ingevuld")
    texts = models.JSONField("wat de ander leest")
    found = models.JSONField("waar misschien een naam staat", null=True)
    at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "concept van een vraag"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case", "by"],
                name="draft_one_per_person",
                violation_error_message="Je hebt al een concept in deze casus.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["at"],
                condition=models.Q(found__isnull=True),
                name="draft_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def is_checked(self) -> bool:
        """Whether the clock looked for names in it."""
        return self.found is not None

    @property
    def words(self) -> list[str]:
        """Give what may be a name or an address, as it stands there; each once."""
        return list(
            dict.fromkeys(
                self.texts[name][start:end].strip()
                for name, start, end in self.found or ()
            )
        )

    def data(self) -> QueryDict:
        """Give what was filled in as a form takes it."""
        data = QueryDict(mutable=True)
        for name, values in self.sent.items():
            data.setlist(name, values)
        return data
