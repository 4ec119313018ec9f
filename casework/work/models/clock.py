"""What the clock goes by: days of our own, and when it last came by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class CalendarDay(models.Model):
    """A day that the municipality, a desk or a royal decree treats otherwise."""

    OFFICE = "office"
    LEGAL = "legal"

    class Kind(models.TextChoices):
        CLOSED = "closed", "Dicht"
        OPEN = "open", "Gewoon open"
        EQUATED = "equated", "Gelijkgesteld met een feestdag"

    day = models.DateField("dag")
    calendar = models.CharField("kalender", max_length=30, default=OFFICE)
    kind = models.CharField("soort", max_length=10, choices=Kind.choices)
    reason = models.CharField("reden", max_length=120)

    class Meta:
        verbose_name = "eigen dag"
        verbose_name_plural = "eigen dagen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["day", "calendar"],
                name="calendar_day_once",
                violation_error_message="Over deze dag is al iets afgesproken.",
            ),
            models.CheckConstraint(
                condition=Q(calendar="legal", kind="equated")
                | (~Q(calendar="legal") & ~Q(kind="equated")),
                name="calendar_only_the_law_equates",
                violation_error_message="Alleen een besluit stelt een dag gelijk.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"

    @staticmethod
    def desk(pk: int) -> str:
        """Give the name of the calendar of one desk."""
        return f"desk:{pk}"


class Heartbeat(models.Model):
    """When a part of the clock last did its work."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = "hartslag"

    def __str__(self) -> str:
        return self.name
