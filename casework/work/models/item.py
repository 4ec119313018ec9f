"""What waits for whom, and until when."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from casework.levels import Level
from casework.people.models import Desk, User
from casework.policy.ladders import NEVER_RESTS
from casework.work.due import ZONE, Chosen, Counted, Due, Pause
from casework.work.models.waiting import OWN, WaitingQuerySet


class WorkItemQuerySet(WaitingQuerySet["WorkItem"]):
    """Work by how it stands."""

    def open(self) -> Self:
        """Work that still waits."""
        return self.filter(state=WorkItem.State.OPEN)

    def awake(self, day: date) -> Self:
        """Work of which something is said on a day: not what rests."""
        return self.filter(Q(paused_until__isnull=True) | Q(paused_until__lte=day))


class WorkItem(models.Model):
    """
    Everything that waits for somebody: one row, one owner, one day.

    It knows nothing of what it is about but a link, `about` and fixed words.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Gedaan"
        WITHDRAWN = "withdrawn", "Ingetrokken"
        LAPSED = "lapsed", "Vervallen"

    class Outcome(models.TextChoices):
        DONE = "done", "Gedaan"
        WITHDRAWN = "withdrawn", "Ingetrokken"
        LAPSED = "lapsed", "Vervallen"

    class ChosenBy(models.TextChoices):
        SELF = Chosen.SELF.value, "Wie het opschreef"
        ASKER = Chosen.ASKER.value, "Wie de taak gaf"
        CASE = Chosen.CASE.value, "Een dag in de casus"
        QUARTER = Chosen.QUARTER.value, "Het einde van het kwartaal"
        SILENCE = Chosen.SILENCE.value, "Het uitblijven van een antwoord"

    kind = models.CharField("soort", max_length=60)
    title = models.CharField("titel", max_length=200)
    about = models.CharField("onderwerp", max_length=80)
    link = models.CharField("adres", max_length=200)
    case = models.BigIntegerField("casus", null=True, blank=True)
    reference = models.CharField("kenmerk", max_length=40, blank=True)
    level = models.SmallIntegerField(
        "niveau", choices=Level.choices, null=True, blank=True
    )
    owner_user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="work",
        verbose_name="van",
    )
    owner_desk = models.ForeignKey(
        Desk,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="work",
        verbose_name="van bureau",
    )
    claimed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="claimed_work",
        verbose_name="opgepakt door",
    )
    stand_in = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="ook bij",
    )
    due_on = models.DateField("uiterlijk op")
    due_at = models.DateTimeField("uiterlijk om", null=True, blank=True)
    term = models.CharField("termijn", max_length=60, blank=True)
    counted_from = models.DateTimeField("geteld vanaf", null=True, blank=True)
    chosen_by = models.CharField(
        "dag gekozen door", max_length=10, choices=ChosenBy.choices, blank=True
    )
    urgent = models.BooleanField("spoed", default=False)
    legal = models.BooleanField("wettelijke termijn", default=False)
    asked_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="asked_work",
        verbose_name="gevraagd door",
    )
    opened_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="gemaakt door",
    )
    opened_at = models.DateTimeField("gemaakt op")
    state = models.CharField(
        "toestand", max_length=10, choices=State.choices, default=State.OPEN
    )
    closed_at = models.DateTimeField("klaar op", null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name="klaar door",
    )
    paused_until = models.DateField("wacht tot", null=True, blank=True)
    paused_for = models.CharField(
        "waarom het wacht", max_length=6, choices=Pause.choices, blank=True
    )
    revision = models.PositiveIntegerField("herziening", default=0)
    policy_version = models.CharField("termijnen", max_length=40, blank=True)
    ladder = models.JSONField("ladder", default=list)
    step = models.PositiveIntegerField("trede", default=0)
    next_step_at = models.DateTimeField("volgende trede", null=True, blank=True)
    failures = models.PositiveSmallIntegerField("mislukt", default=0)
    retry_at = models.DateTimeField("opnieuw op", null=True, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = "te doen"
        verbose_name_plural = "te doen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(owner_user__isnull=True) ^ Q(owner_desk__isnull=True),
                name="work_one_owner",
                violation_error_message="Kies één persoon of één bureau.",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(owner_desk__isnull=False),
                name="work_claimed_from_a_desk",
                violation_error_message="Alleen werk van een bureau kun je oppakken.",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="work_closed_has_a_moment",
                violation_error_message="Werk dat klaar is, heeft een moment.",
            ),
            models.CheckConstraint(
                condition=Q(state="open", next_step_at__isnull=False)
                | (~Q(state="open") & Q(next_step_at__isnull=True)),
                name="work_open_has_a_next_step",
                violation_error_message="Open werk heeft een volgende herinnering.",
            ),
            models.CheckConstraint(
                condition=Q(paused_until__isnull=True, paused_for="")
                | Q(paused_until__isnull=False, paused_for__in=Pause.values),
                name="work_pause_has_a_reason",
                violation_error_message="Kies waarom het even wacht.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "done", "withdrawn", "lapsed"]),
                name="work_known_state",
                violation_error_message="Deze toestand bestaat niet.",
            ),
            models.CheckConstraint(
                condition=Q(term="", counted_from__isnull=True)
                | (~Q(term="") & Q(counted_from__isnull=False, chosen_by="")),
                name="work_counted_or_chosen",
                violation_error_message="Een dag is geteld of gekozen, niet beide.",
            ),
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=Q(state="open"),
                name="work_open_once",
                violation_error_message="Dit staat al op de lijst.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "owner_user",
                "due_on",
                "id",
                condition=Q(state="open"),
                name="work_user",
            ),
            models.Index(
                "owner_desk",
                "due_on",
                "id",
                condition=Q(state="open"),
                name="work_desk",
            ),
            models.Index(
                "claimed_by",
                "due_on",
                "id",
                condition=Q(state="open", claimed_by__isnull=False),
                name="work_claimed",
            ),
            models.Index(
                "stand_in",
                "due_on",
                "id",
                condition=Q(state="open", stand_in__isnull=False),
                name="work_stand_in",
            ),
            models.Index(
                "asked_by",
                "due_on",
                "id",
                condition=Q(state="open", asked_by__isnull=False),
                name="work_asked",
            ),
            models.Index("next_step_at", condition=Q(state="open"), name="work_next"),
            models.Index(
                "case",
                condition=Q(state="open", case__isnull=False),
                name="work_case",
            ),
            models.Index("about", name="work_about"),
            models.Index(
                "closed_by",
                "closed_at",
                condition=Q(closed_by__isnull=False),
                name="work_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"

    @property
    def owner(self) -> User | Desk:
        """Who has it: a person, or a desk."""
        owner = self.owner_user or self.owner_desk
        assert owner is not None
        return owner

    @property
    def due(self) -> Due:
        """Until when it may take."""
        return Due(on=self.due_on, at=self.due_at, basis=self._basis)

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.state == self.State.OPEN

    @property
    def is_own(self) -> bool:
        """Whether somebody wrote it for himself; its title is his own words."""
        return self.kind == OWN

    @property
    def may_rest(self) -> bool:
        """Whether its reminders may wait for a while: not of the law, not of spoed."""
        if self.kind in NEVER_RESTS:
            return False
        return self.is_open and not (self.legal or self.urgent)

    def take(self, due: Due) -> list[str]:
        """Set until when it may take; gives the fields that the caller must save."""
        basis = due.basis
        counted = basis if isinstance(basis, Counted) else None
        self.due_on, self.due_at = due.on, due.at
        self.term = counted.term if counted else ""
        self.counted_from = counted.since if counted else None
        self.chosen_by = str(basis.value) if isinstance(basis, Chosen) else ""
        return ["due_on", "due_at", "term", "counted_from", "chosen_by"]

    def is_silence_for(self, people: Set[int]) -> bool:
        """
        Whether people have it since another stays silent, and is not away.

        What it is about, who is told may not open: only who stands in may.
        """
        owner = self.owner_user_id
        return owner is not None and owner not in people and self.stand_in_id in people

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether it is too late at a moment."""
        if self.due_at is not None:
            return self.due_at < at
        return self.due_on < at.astimezone(ZONE).date()

    def is_due_today(self, *, at: datetime) -> bool:
        """Whether this is its last day."""
        return self.due_on == at.astimezone(ZONE).date()

    @property
    def _basis(self) -> Counted | Chosen | None:
        if self.counted_from is not None:
            return Counted(self.term, self.counted_from)
        return Chosen(self.chosen_by) if self.chosen_by else None
