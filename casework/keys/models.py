"""With which key secrets are hidden, and the forms that were sent too late."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
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


class KeptForm(models.Model):
    """
    A form that somebody sent when he was no longer logged in, sealed for him alone.

    `mark` tells one form from another without saying which: the same form that is sent
    twice takes one row. It goes when it is sent after all, when he throws it away, and
    else by the clock.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="kept_forms",
        verbose_name="van wie",
    )
    mark = models.CharField("welk formulier", max_length=64)
    sealed = models.BinaryField("verzegelde tekst")
    kept_at = models.DateTimeField("bewaard op")

    class Meta:
        verbose_name = "bewaard formulier"
        verbose_name_plural = "bewaarde formulieren"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kept_at"], name="kept_form_to_remove"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "mark"],
                name="kept_form_once",
                violation_error_message="Dit formulier is al bewaard.",
            ),
        ]

    def __str__(self) -> str:
        return f"kept form {self.pk}"
