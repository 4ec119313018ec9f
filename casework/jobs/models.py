"""What takes longer than a page may take: how far it is, and the file that it makes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from casework.people.models import User


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by how they stand."""

    def going(self) -> JobQuerySet:
        """Give what waits or runs."""
        return self.filter(state__in=GOING)

    def of(self, user: User) -> JobQuerySet:
        """Give what somebody asked for himself; nobody sees those of another."""
        return self.filter(by=user)

    def fetchable(self, *, on: date) -> JobQuerySet:
        """Give what is made and can still be fetched on a day."""
        return self.filter(state=Job.State.DONE, last_on__gte=on)


class Job(models.Model):
    """
    One long job: asked for by somebody, made by the clock, fetched, and gone.

    `total` and `done` count what it works through, so that it goes on where it was.
    Who works on it holds `token` until `lease_until`, on the clock of the database;
    between two slices nobody does. `failures` counts those in a row.
    """

    class Kind(models.TextChoices):
        LOG_EXPORT = "log_export", "Export van het logboek"

    class State(models.TextChoices):
        WAITING = "waiting", "Wacht"
        RUNNING = "running", "Bezig"
        DONE = "done", "Klaar"
        FAILED = "failed", "Mislukt"
        GONE = "gone", "Weggehaald"

    class Reason(models.TextChoices):
        """Why it failed, and what to do; a sentence for who asked."""

        BROKEN = (
            "broken",
            "Het maken is drie keer mislukt. Er is niets kwijt. Vraag het over een uur "
            "opnieuw. Mislukt het dan weer, bel dan de functioneel beheerder.",
        )
        CUT_OFF = (
            "cut_off",
            "Het maken brak drie keer af. Er is niets kwijt. Vraag het morgen opnieuw. "
            "Breekt het dan weer af, bel dan de functioneel beheerder.",
        )

    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    state = models.CharField(
        "toestand", max_length=10, choices=State.choices, default=State.WAITING
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="jobs",
        verbose_name="gevraagd door",
    )
    asked_at = models.DateTimeField("gevraagd op")
    total = models.BigIntegerField("hoeveel in totaal")
    done = models.BigIntegerField("hoeveel gedaan", default=0)
    pieces = models.IntegerField("aantal stukken", default=0)
    size = models.BigIntegerField("aantal bytes", default=0)
    token = models.UUIDField("wie ermee bezig is", null=True)
    lease_until = models.DateTimeField("tot wanneer", null=True)
    failures = models.PositiveSmallIntegerField("keer mislukt", default=0)
    retry_at = models.DateTimeField("niet eerder dan", null=True)
    ended_at = models.DateTimeField("geëindigd op", null=True)
    last_on = models.DateField("laatste dag om op te halen", null=True)
    reason = models.CharField(
        "waarom mislukt", max_length=10, choices=Reason.choices, blank=True
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "lange klus"
        verbose_name_plural = "lange klussen"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["failures", "id"],
                name="job_going",
                condition=Q(state__in=["waiting", "running"]),
            ),
            models.Index(
                fields=["last_on"], name="job_to_remove", condition=Q(state="done")
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["by", "kind"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_one_at_a_time",
                violation_error_message="Hier wordt al aan gewerkt.",
            ),
            models.CheckConstraint(
                condition=Q(
                    done__gte=0, done__lte=F("total"), pieces__gte=0, size__gte=0
                ),
                name="job_counts_up_to_its_total",
                violation_error_message="Er kan niet meer gedaan zijn dan er is.",
            ),
            models.CheckConstraint(
                condition=Q(token__isnull=True, lease_until__isnull=True)
                | Q(token__isnull=False, lease_until__isnull=False, state="running"),
                name="job_held_only_while_running",
                violation_error_message="Alleen aan wat bezig is, werkt iemand.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="waiting",
                    done=0,
                    pieces=0,
                    ended_at__isnull=True,
                    last_on__isnull=True,
                    reason="",
                )
                | Q(
                    state="running",
                    ended_at__isnull=True,
                    last_on__isnull=True,
                    reason="",
                )
                | Q(
                    state="done",
                    done=F("total"),
                    pieces__gt=0,
                    ended_at__isnull=False,
                    last_on__isnull=False,
                    reason="",
                )
                | Q(
                    state="gone",
                    pieces=0,
                    size=0,
                    ended_at__isnull=False,
                    last_on__isnull=False,
                    reason="",
                )
                | Q(
                    state="failed",
                    pieces=0,
                    size=0,
                    ended_at__isnull=False,
                    last_on__isnull=True,
                )
                & ~Q(reason=""),
                name="job_state_has_its_facts",
                violation_error_message="Deze toestand klopt niet met de rest.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.pk})"

    @property
    def is_going(self) -> bool:
        """Whether it waits or runs."""
        return self.state in GOING

    @property
    def subject(self) -> str:
        """Name the data key with which its file is hidden."""
        return f"job:{self.pk}"


GOING = (Job.State.WAITING, Job.State.RUNNING)


class Piece(models.Model):
    """One piece of the file that a job makes, sealed with the key of that job."""

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="+", verbose_name="klus"
    )  # the file of a job is nothing without it
    number = models.PositiveIntegerField("het hoeveelste")
    content = models.BinaryField("inhoud")
    size = models.PositiveIntegerField("aantal bytes")

    class Meta:
        verbose_name = "stuk van een bestand"
        verbose_name_plural = "stukken van een bestand"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["job", "number"],
                name="piece_once",
                violation_error_message="Dit stuk is er al.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}"

    @property
    def purpose(self) -> str:
        """Say for what it is sealed: no piece can take the place of another."""
        return purpose_of(self.number)


def purpose_of(number: int) -> str:
    """Say for what the piece with this number is sealed."""
    return f"piece:{number}"
