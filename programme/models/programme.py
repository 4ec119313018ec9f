"""The programme of a period: what the council and the college decided."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Which programmes."""

    def newest_first(self) -> ProgrammeQuerySet:
        """The programme of the latest period first: that is the one on the page."""
        return self.order_by("-from_on", "-pk")


class Programme(models.Model):
    """The execution programme of a municipality for a period."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Concept"
        ADOPTED = "adopted", "Vastgesteld"

    code = models.CharField("code", max_length=40, unique=True)
    name = models.CharField("naam", max_length=200)
    municipality = models.CharField("gemeente", max_length=60)
    framework = models.CharField("kader", max_length=200)
    framework_adopted_on = models.DateField("kader vastgesteld op", null=True)
    status = models.CharField("status", max_length=8, choices=Status.choices)
    lead = models.CharField("regievoerder", max_length=120)
    from_on = models.DateField("van")
    until_on = models.DateField("tot en met")
    imported_at = models.DateTimeField("overgenomen op")
    closed_at = models.DateTimeField("gesloten op", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gesloten door",
    )
    version = models.PositiveIntegerField(default=1)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programma"
        verbose_name_plural = "programma's"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")),
                name="programme_ends_after_start",
                violation_error_message="De einddag ligt voor de begindag.",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) ^ Q(closed_by__isnull=False),
                name="programme_closed_by_somebody",
                violation_error_message="Een gesloten periode is door iemand gesloten.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_closed(self) -> bool:
        """Whether nobody may write in this period any more."""
        return self.closed_at is not None

    @property
    def period(self) -> str:
        """The years: "2024-2025"."""
        return f"{self.from_on.year}-{self.until_on.year}"

    @property
    def period_before(self) -> str:
        """The years of the period before, as long as this one: "2022-2023"."""
        years = self.until_on.year - self.from_on.year + 1
        return f"{self.from_on.year - years}-{self.from_on.year - 1}"


class Theme(models.Model):
    """A part of the programme; two priorities may share one."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="themes"
    )
    code = models.SlugField("code", max_length=40)
    name = models.CharField("naam", max_length=120)
    number = models.PositiveSmallIntegerField("volgorde")

    class Meta:
        verbose_name = "thema"
        verbose_name_plural = "thema's"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="theme_code_once_per_programme",
                violation_error_message="Dit programma heeft dit thema al.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Priority(models.Model):
    """A priority as the council adopted it, and the theme it falls under."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="priorities"
    )
    number = models.PositiveSmallIntegerField("nummer")
    name = models.CharField("naam", max_length=120)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, related_name="priorities", verbose_name="thema"
    )

    class Meta:
        verbose_name = "prioriteit"
        verbose_name_plural = "prioriteiten"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="priority_number_once_per_programme",
                violation_error_message="Dit programma heeft al zo'n prioriteit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class CapacityProposal(models.Model):
    """People and money that were asked for and that activities wait for."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Gevraagd"
        GRANTED = "granted", "Toegekend"
        REFUSED = "refused", "Afgewezen"

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="proposals"
    )
    code = models.CharField("code", max_length=12)
    title = models.CharField("titel", max_length=200)
    fte = models.DecimalField("fte", max_digits=4, decimal_places=1)
    project_money = models.BooleanField("projectgeld")
    state = models.CharField(
        "stand", max_length=9, choices=State.choices, default=State.REQUESTED
    )

    class Meta:
        verbose_name = "voorstel nieuw beleid"
        verbose_name_plural = "voorstellen nieuw beleid"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="proposal_code_once_per_programme",
                violation_error_message="Dit programma heeft dit voorstel al.",
            ),
            models.CheckConstraint(
                condition=Q(fte__gte=0),
                name="proposal_asks_no_negative_fte",
                violation_error_message="Vul 0 fte of meer in.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Achievement(models.Model):
    """What the period before did achieve, or did not and who takes it up now."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="achievements"
    )
    title = models.CharField("titel", max_length=200)
    achieved = models.BooleanField("gelukt")
    result = models.TextField("resultaat", blank=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    successor = models.ForeignKey(
        "programme.Activity",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="opgevolgd door",
    )

    class Meta:
        verbose_name = "resultaat van de vorige periode"
        verbose_name_plural = "resultaten van de vorige periode"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "title"],
                name="achievement_once_per_programme",
                violation_error_message="Dit resultaat staat er al.",
            ),
            models.CheckConstraint(
                condition=Q(achieved=False) | Q(successor__isnull=True),
                name="achievement_done_has_no_successor",
                violation_error_message="Wat gelukt is, heeft geen opvolger.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
