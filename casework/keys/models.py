"""With which key the secrets of one case, or of one month, are hidden."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class DataKey(models.Model):
    """
    The key of one subject ("case:12"), itself hidden with a master key.

    Once destroyed its row stays, without the key: what it hid is gone for good, and
    no new key can take its place unseen.
    """

    subject = models.CharField("waarvan", max_length=40, unique=True)
    wrapped = models.BinaryField("verpakte sleutel", null=True)
    master = models.CharField("hoofdsleutel", max_length=8, blank=True)
    made_at = models.DateTimeField("gemaakt op")
    destroyed_at = models.DateTimeField("vernietigd op", null=True)

    class Meta:
        verbose_name = "sleutel"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["master", "id"], name="data_key_of_master"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped__isnull=True, destroyed_at__isnull=False, master=""),
                name="data_key_is_there_or_destroyed",
                violation_error_message="Een vernietigde sleutel is er niet meer.",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
