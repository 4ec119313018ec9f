"""An activity of the programme: who does what, until when, and how it goes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from casework.people.models import Membership
from programme.models.programme import CapacityProposal, Programme, Theme


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Which activities."""

    def of(self, programme: Programme) -> ActivityQuerySet:
        """Activities of one programme."""
        return self.filter(programme=programme)

    def ownerless(self) -> ActivityQuerySet:
        """Activities that nobody answers for."""
        return self.filter(owner__isnull=True)

    def vacated(self) -> ActivityQuerySet:
        """Activities that go on, for which somebody answered and nobody does now."""
        once = ActivityOwner.objects.filter(activity=OuterRef("pk"))
        return self.ownerless().filter(Exists(once)).exclude(status__in=Activity.ENDED)

    def left_by_owner(self, *, on: date) -> ActivityQuerySet:
        """Activities that go on in an open period, whose owner works here no longer."""
        desks = Membership.objects.on(on).filter(user=OuterRef("owner"))
        return self.filter(
            Q(owner__is_active=False) | ~Exists(desks),
            owner__isnull=False,
            programme__closed_at__isnull=True,
        ).exclude(status__in=Activity.ENDED)

    def past(self, *, on: date) -> ActivityQuerySet:
        """Activities whose last day is over and that have no outcome yet."""
        return self.filter(deadline__lt=on).exclude(status__in=Activity.ENDED)


class Activity(models.Model):
    """Something that the municipality promised to do for safety."""

    class Funding(models.TextChoices):
        EXISTING_MEANS = "bestaande_middelen", "Bestaande middelen"
        EXISTING_POLICY = "bestaand_beleid", "Bestaand beleid"
        PROPOSED = "voorgesteld_nieuw_beleid", "Voorgesteld nieuw beleid"
        MIXED = "bestaand_en_nieuw", "Bestaand en nieuw beleid"

    class Status(models.TextChoices):
        PLANNED = "planned", "Nog niet begonnen"
        RUNNING = "running", "Loopt"
        AT_RISK = "at_risk", "Loopt gevaar"
        STALLED = "stalled", "Staat stil"
        ACHIEVED = "achieved", "Gelukt"
        PARTLY = "partly", "Deels gelukt"
        NOT_DONE = "not_done", "Niet gelukt"
        DROPPED = "dropped", "Vervallen"

    ENDED: ClassVar[tuple[str, ...]] = ("achieved", "partly", "not_done", "dropped")
    """The outcomes: nobody is reminded of it any more."""

    NEEDS_REASON: ClassVar[tuple[str, ...]] = (
        "stalled",
        "partly",
        "not_done",
        "dropped",
    )
    """Where somebody must say why it did not succeed."""

    STUCK: ClassVar[tuple[str, ...]] = ("at_risk", "stalled", "partly", "not_done")
    """What stagnates, or threatens to: an AOV may break through."""

    TONES: ClassVar[dict[str, str]] = {
        "planned": "",
        "running": "blue",
        "at_risk": "amber",
        "stalled": "amber",
        "achieved": "green",
        "partly": "amber",
        "not_done": "red",
        "dropped": "",
    }

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="activities"
    )
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, related_name="activities", verbose_name="thema"
    )
    code = models.SlugField("code", max_length=12)
    title = models.CharField("titel", max_length=200)
    approach = models.TextField("aanpak")
    success_criterion = models.TextField("wanneer is het gelukt")
    deadline = models.DateField("uiterlijk", null=True, blank=True)
    period_in_words = models.CharField("periode in woorden", max_length=120, blank=True)
    repeat = models.CharField("herhaling", max_length=60, blank=True)
    funding = models.CharField("dekking", max_length=24, choices=Funding.choices)
    capacity_proposal = models.ForeignKey(
        CapacityProposal,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="wacht op voorstel",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="actiehouder",
    )
    responsible_executive = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="verantwoordelijk bestuurder",
    )
    status = models.CharField(
        "stand", max_length=8, choices=Status.choices, default=Status.PLANNED
    )
    version = models.PositiveIntegerField(default=1)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "activiteit"
        verbose_name_plural = "activiteiten"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="activity_code_once_per_programme",
                violation_error_message="Dit programma heeft deze activiteit al.",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "planned",
                        "running",
                        "at_risk",
                        "stalled",
                        "achieved",
                        "partly",
                        "not_done",
                        "dropped",
                    ]
                ),
                name="activity_known_status",
                violation_error_message="Deze stand bestaat niet.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """The name of this row in work items and in the log: "activity:12"."""
        return f"activity:{self.pk}"

    @property
    def has_ended(self) -> bool:
        """Whether it has an outcome."""
        return self.status in self.ENDED

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return self.TONES[self.status]

    @property
    def waits_for_proposal(self) -> bool:
        """Whether it needs people or money that were asked for and not yet given."""
        return (
            self.capacity_proposal is not None
            and self.capacity_proposal.state == CapacityProposal.State.REQUESTED
            and self.status not in (self.Status.ACHIEVED, self.Status.DROPPED)
        )

    def is_past(self, *, on: date) -> bool:
        """Whether its last day is over without an outcome."""
        return self.deadline is not None and self.deadline < on and not self.has_ended

    def is_stuck(self, *, on: date) -> bool:
        """Whether it stagnates or threatens to, by what was told or by its last day."""
        return self.status in self.STUCK or self.is_past(on=on)


class ActivityParty(models.Model):
    """A party in an activity: as the source writes it, and whom that is."""

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="parties"
    )
    number = models.PositiveSmallIntegerField("volgorde")
    name_in_source = models.CharField("naam in de bron", max_length=120)
    name = models.CharField("partij", max_length=120)

    class Meta:
        verbose_name = "partij van een activiteit"
        verbose_name_plural = "partijen van een activiteit"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["activity", "name_in_source"],
                name="activity_party_once",
                violation_error_message="Deze partij doet al mee.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActivityOwner(models.Model):
    """Who answered for an activity from when until when."""

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="owners"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("vanaf")
    ended_at = models.DateTimeField("tot", null=True, blank=True)

    class Meta:
        verbose_name = "actiehouder"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["activity"],
                condition=Q(ended_at__isnull=True),
                name="activity_one_owner_at_a_time",
                violation_error_message="Deze activiteit heeft al een actiehouder.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} for {self.activity_id}"


class ProgressUpdate(models.Model):
    """How an activity goes, as its owner told it on a day."""

    class Reason(models.TextChoices):
        CAPACITY = "capacity", "Te weinig mensen"
        MONEY = "money", "Te weinig geld"
        PARTNER = "partner", "Een partij kan of wil niet meedoen"
        PRIORITY = "priority", "Iets anders ging voor"
        RULES = "rules", "De regels passen niet"
        OTHER = "other", "Iets anders"

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="updates"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField()
    status = models.CharField("stand", max_length=8, choices=Activity.Status.choices)
    reason = models.CharField(
        "waarom niet", max_length=8, choices=Reason.choices, blank=True
    )
    text = models.TextField("toelichting", blank=True)
    taken_back_at = models.DateTimeField("weggehaald", null=True, blank=True)

    class Meta:
        verbose_name = "voortgang"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["activity", "-id"], name="progress_newest_first"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(status__in=["stalled", "partly", "not_done", "dropped"])
                | ~Q(reason="")
                | ~Q(text="")
                | Q(taken_back_at__isnull=False),
                name="progress_says_why_it_failed",
                violation_error_message=(
                    "Schrijf waarom het niet lukte. Kies een reden of leg het uit."
                ),
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(text=""),
                name="progress_taken_back_has_no_text",
                violation_error_message="Deze toelichting is weggehaald.",
            ),
        ]

    def __str__(self) -> str:
        return f"progress {self.pk}"

    @property
    def told_by(self) -> str:
        """How it goes, and who says so, in whose name."""
        behalf = self.on_behalf_of
        who = f"{self.by.name} namens {behalf.name}" if behalf else self.by.name
        return f"{self.get_status_display()}, meldt {who}."

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return Activity.TONES[self.status]
