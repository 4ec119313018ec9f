"""The secret addresses at which a calendar reads somebody's work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from casework.people.models import User


class CalendarFeed(models.Model):
    """
    One secret address of one person, until he takes it back.

    `key_hash` is the SHA-256 of the key in hex; the key itself is kept nowhere.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="feeds", db_index=False
    )
    key_hash = models.CharField("afdruk van de sleutel", max_length=64, unique=True)
    made_at = models.DateTimeField("gemaakt op")
    revoked_at = models.DateTimeField("ingetrokken op", null=True, blank=True)

    class Meta:
        verbose_name = "agenda-adres"
        verbose_name_plural = "agenda-adressen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at__isnull=True),
                name="feed_one_at_a_time",
                violation_error_message="Je hebt al een adres voor je agenda.",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at")),
                name="feed_revoked_after_it_was_made",
                violation_error_message="Het einde ligt voor het begin.",
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
