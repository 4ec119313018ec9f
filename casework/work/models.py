"""What waits for whom, until when, and what was said about it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.levels import Level
from casework.people.absence import acting_for
from casework.people.models import Desk, Membership, User
from casework.work.due import ZONE, Due

OWN = "own"
"""The kind of work that somebody writes down for himself."""


class WorkItemQuerySet(ScopedQuerySet["WorkItem"]):
    """Work: no content of a case, yet only for whom it waits or who asked for it."""

    def mine(self, user: User, *, at: datetime) -> Self:
        """What waits for this person, or for somebody whose work he does now: open."""
        people = {user.pk, *acting_for(user, at=at)}
        # A branch for each index: an OR of these reads the whole table.
        waits = self.model._base_manager.filter(state=WorkItem.State.OPEN).values("pk")
        branches = waits.filter(_of(user, people)).union(
            waits.filter(stand_in__in=people),
            waits.filter(claimed_by__in=people),
            waits.filter(
                owner_desk__in=desks_of(people, at=at), claimed_by__isnull=True
            ),
            all=True,
        )
        return self.filter(pk__in=branches).of_strangers(user)

    def of_the_team(self, user: User, *, at: datetime) -> Self:
        """What the desks of this person have, claimed or not."""
        people = {user.pk, *acting_for(user, at=at)}
        return self.filter(owner_desk__in=desks_of(people, at=at)).of_strangers(user)

    def asked_by(self, user: User, *, at: datetime) -> Self:
        """What others do because this person, or whom he acts for, asked for it."""
        people = {user.pk, *acting_for(user, at=at)}
        return self.filter(asked_by__in=people).of_strangers(user)

    def visible_to(
        self,
        user: User,
        *,
        at: datetime,
        permission: Permission | None = None,
    ) -> Self:
        """What this person owns, has on a desk, asked for or finished himself."""
        people = {user.pk, *acting_for(user, at=at)}
        return self.filter(
            _of(user, people)
            | Q(stand_in__in=people)
            | Q(claimed_by__in=people)
            | Q(asked_by__in=people)
            | Q(closed_by=user)
            | Q(owner_desk__in=desks_of(people, at=at))
        ).of_strangers(user)

    def of_strangers(self, user: User) -> Self:
        """Without the cases of people whom this person knows, also as a deputy."""
        exclusions = User._meta.get_field("exclusions").related_model
        assert isinstance(exclusions, type)
        known = exclusions._default_manager.filter(user=user, case_id=OuterRef("case"))
        return self.filter(~Exists(known))._within_scope()

    def open(self) -> Self:
        """Work that still waits."""
        return self.filter(state=WorkItem.State.OPEN)

    def by_urgency(self) -> Self:
        """What must be done first, first."""
        return self.order_by("due_on", F("due_at").asc(nulls_last=True), "pk")


def _of(user: User, people: set[int]) -> Q:
    # What somebody wrote for himself is not his deputy's to read.
    return Q(owner_user__in=people) & (Q(owner_user=user) | ~Q(kind=OWN))


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
                condition=Q(state__in=["open", "done", "withdrawn", "lapsed"]),
                name="work_known_state",
                violation_error_message="Deze toestand bestaat niet.",
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
        return Due(on=self.due_on, at=self.due_at)

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.state == self.State.OPEN

    @property
    def is_own(self) -> bool:
        """Whether somebody wrote it for himself; its title is his own words."""
        return self.kind == OWN

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether it is too late at a moment."""
        if self.due_at is not None:
            return self.due_at < at
        return self.due_on < at.astimezone(ZONE).date()

    def is_due_today(self, *, at: datetime) -> bool:
        """Whether this is its last day."""
        return self.due_on == at.astimezone(ZONE).date()

    def days_late(self, *, on: date) -> int:
        """Count the days that it is too late on a day; zero when it is not."""
        return max(0, (on - self.due_on).days)


class Delivery(models.Model):
    """
    One mail, from the moment that it is planned: the outbox.

    Pending, claimed (token and lease), handing (the fence: from here it may have gone
    out), sent. Only what stops between handing and sent can ever go out twice.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "Herinnering"
        DIGEST = "digest", "Overzicht van de dag"
        ABSENCE = "absence", "Vervanging"

    class State(models.TextChoices):
        PENDING = "pending", "Wacht"
        CLAIMED = "claimed", "Wordt gemaakt"
        HANDING = "handing", "Wordt verstuurd"
        SENT = "sent", "Verstuurd"
        FAILED = "failed", "Niet gelukt"
        CANCELLED = "cancelled", "Ingetrokken"
        DROPPED = "dropped", "Niet meer nodig"

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField("soort", max_length=10, choices=Kind.choices)
    to_user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="deliveries",
        verbose_name="aan",
    )
    address = models.EmailField("gestuurd naar", blank=True)
    message_id = models.CharField(max_length=120)
    subject = models.CharField("onderwerp", max_length=200, blank=True)
    text = models.TextField("tekst", blank=True)
    html = models.TextField(blank=True)
    state = models.CharField(
        "toestand", max_length=10, choices=State.choices, default=State.PENDING
    )
    planned_at = models.DateTimeField("gepland op")
    not_before = models.DateTimeField("niet eerder dan")
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    in_doubt = models.PositiveSmallIntegerField("twijfel", default=0)
    repeats_in_doubt = models.BooleanField("bij twijfel opnieuw", default=True)
    sent_at = models.DateTimeField("verstuurd op", null=True, blank=True)
    smtp_reply = models.CharField("antwoord", max_length=200, blank=True)
    last_error = models.CharField("fout", max_length=60, blank=True)
    item = models.ForeignKey(
        WorkItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="deliveries",
    )

    class Meta:
        verbose_name = "mail"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "handing"],
                    token__isnull=False,
                    lease_until__isnull=False,
                )
                | (
                    ~Q(state__in=["claimed", "handing"])
                    & Q(token__isnull=True, lease_until__isnull=True)
                ),
                name="delivery_lease_while_held",
                violation_error_message="Een mail in behandeling heeft een einde.",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_has_a_moment",
                violation_error_message="Een verstuurde mail heeft een moment.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                "not_before", condition=Q(state="pending"), name="delivery_pending"
            ),
            models.Index(
                "lease_until",
                condition=Q(state__in=["claimed", "handing"]),
                name="delivery_held",
            ),
            models.Index(
                "planned_at", condition=Q(state="failed"), name="delivery_failed"
            ),
            models.Index(
                "item",
                condition=Q(state__in=["pending", "claimed"]),
                name="delivery_item",
            ),
            models.Index(fields=["-sent_at", "-id"], name="delivery_sent"),
        ]

    def __str__(self) -> str:
        return self.key


class Notice(models.Model):
    """
    One thing said to one person in the product, exactly once.

    Written in the transaction that plans it. `delivery` is the mail that says the
    same; of a digest it is one line.
    """

    item = models.ForeignKey(
        WorkItem, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    revision = models.PositiveIntegerField()
    step = models.CharField(max_length=80)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    at = models.DateTimeField("op")
    read_at = models.DateTimeField("gelezen op", null=True, blank=True)
    delivery = models.ForeignKey(
        Delivery,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
    )

    class Meta:
        verbose_name = "herinnering"
        verbose_name_plural = "herinneringen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["item", "revision", "step", "user"],
                name="notice_said_once",
                violation_error_message="Dit is al gezegd.",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user", "-at"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.step}"


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


class Preference(models.Model):
    """What somebody wants to hear by mail; it can't silence decisions or the law."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="preference"
    )
    digest = models.BooleanField("overzicht per dag", default=True)
    unsubscribe_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        verbose_name = "voorkeur"

    def __str__(self) -> str:
        return str(self.user_id)


def desks_of(people: set[int], *, at: datetime) -> models.QuerySet[Membership, Any]:
    """Give the keys of the desks to which people belong, as part of a statement."""
    on = at.astimezone(ZONE).date()
    return Membership.objects.on(on).filter(user__in=people).values("desk_id")
