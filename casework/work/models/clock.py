"""What the clock goes by: days of our own, and when it last came by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from casework.people.models import Desk


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


class ClosedWeekday(models.Model):
    """A day of the week on which a desk never works: "op vrijdag dicht"."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "maandag"
        TUESDAY = 1, "dinsdag"
        WEDNESDAY = 2, "woensdag"
        THURSDAY = 3, "donderdag"
        FRIDAY = 4, "vrijdag"

    desk = models.ForeignKey(
        Desk, on_delete=models.PROTECT, related_name="closed_weekdays", db_index=False
    )
    weekday = models.SmallIntegerField("dag van de week", choices=Weekday.choices)
    reason = models.CharField("reden", max_length=120)

    class Meta:
        verbose_name = "vaste vrije dag"
        verbose_name_plural = "vaste vrije dagen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["desk", "weekday"],
                name="closed_weekday_once",
                violation_error_message="Deze dag is het bureau al dicht.",
            ),
            models.CheckConstraint(
                condition=Q(weekday__gte=0, weekday__lte=4),
                name="closed_weekday_is_a_weekday",
                violation_error_message="Kies een dag van maandag tot en met vrijdag.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.get_weekday_display()}"


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
