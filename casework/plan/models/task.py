"""What is asked of which desk. What it is about stands apart, so that it can't leak."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from casework.access.grants import granted
from casework.access.permissions import Permission
from casework.access.scope import ScopedQuerySet
from casework.cases.models import Case, Disclosure
from casework.cases.models import Warning as VisitWarning
from casework.cases.models.tracked import Tracked
from casework.people.absence import acting_for
from casework.people.models import Desk, Membership, User
from casework.plan.kinds import CHOICES, KINDS, VISITS, TaskKind
from casework.plan.models.plan import Goal
from casework.work.days import local_day
from casework.work.models import desks_of

OWN_ANSWER_STAYS = timedelta(days=90)


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Tasks without what they are about: kind, reference, day and state."""

    scope_permission = Permission.READ_DOSSIER

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """
        Tasks of his desks, and of the cases whose dossier he reads.

        Asked for a permission: only those of cases on which he has it.
        """
        if permission is not None or not user.is_active:
            return super().visible_to(user, at=at, permission=permission)
        people = people_of(user, at=at)
        theirs = TaskDesk.objects.of_people(people, at=at).filter(task=OuterRef("pk"))
        dossiers = granted(Case, user, Permission.READ_DOSSIER, at=at)
        found = self.filter(Q(case__in=dossiers) | Q(Exists(theirs)))
        return found.excluding(user)._within_scope()

    def by_day(self) -> Self:
        """What must be done first, first."""
        return self.order_by("due_on", "pk")


class Task(Tracked):
    """
    One request to one lead desk, that others may join.

    Its title comes from a list, so that it never names anybody. `state` is how the
    lead desk stands, and what the regisseur did with it. `origin` names what it came
    from ("round:3").
    """

    class State(models.TextChoices):
        OFFERED = "offered", "Nog niet opgepakt"
        PICKED_UP = "picked_up", "Bezig"
        DONE = "done", "Klaar"
        VERIFIED = "verified", "Nagekeken"
        DECLINED = "declined", "Past niet"
        HANDED_BACK = "handed_back", "Teruggegeven"
        WITHDRAWN = "withdrawn", "Ingetrokken"

    OPEN = (State.OFFERED, State.PICKED_UP)
    STUCK = (State.DECLINED, State.HANDED_BACK)

    KEY = "task"
    TRACKED = ("kind", "goal_id", "due_on", "state", "verify_wanted", "origin")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    kind = models.CharField("wat vraag je", max_length=20, choices=CHOICES)
    due_on = models.DateField("uiterlijk")
    state = models.CharField(
        "stand", max_length=12, choices=State.choices, default=State.OFFERED
    )
    verify_wanted = models.BooleanField("nakijken", default=False)
    origin = models.CharField(max_length=40, blank=True)
    offered_at = models.DateTimeField("gevraagd op")
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField("afgerond op", null=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "taak"
        verbose_name_plural = "taken"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["case", "due_on"], name="task_of_case"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "offered",
                        "picked_up",
                        "done",
                        "verified",
                        "declined",
                        "handed_back",
                        "withdrawn",
                    ]
                ),
                name="task_known_state",
                violation_error_message="Deze stand bestaat niet.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "picked_up"])
                ^ Q(settled_at__isnull=False),
                name="task_settled_has_a_moment",
                violation_error_message="Een afgeronde taak heeft een moment.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> TaskKind:
        """The kind of request."""
        return KINDS[self.kind]

    @property
    def title(self) -> str:
        """The request as a sentence without a name."""
        return KINDS[self.kind].title

    @property
    def is_open(self) -> bool:
        """Whether its desk still has to answer."""
        return self.state in self.OPEN

    @property
    def lead(self) -> TaskDesk:
        """
        The desk that leads; free when `places` were prefetched.

        Tasks that were withdrawn long ago have none: of those, a desk that ended last.
        """
        places = self.places.all()
        leads = (place for place in places if place.is_lead)
        return next(leads, None) or max(places, key=attrgetter("ended_at"))

    @property
    def joining(self) -> list[TaskDesk]:
        """The desks that join; free when `places` were prefetched."""
        return [place for place in self.places.all() if not place.is_lead]

    def is_overdue(self, *, on: date) -> bool:
        """Whether its day is over and nobody answered."""
        return self.is_open and self.due_on < on


class TaskDeskQuerySet(ScopedQuerySet["TaskDesk"]):
    """The places of desks in tasks."""

    scope_permission = Permission.READ_DOSSIER

    def of_people(self, people: Iterable[int], *, at: datetime) -> Self:
        """Places at the desks of these people, until 90 days after they ended."""
        return self.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=at - OWN_ANSWER_STAYS),
            desk__in=desks_of(set(people), at=at),
        )._within_scope()

    def picked_up_by(self, user: User, *, at: datetime) -> Self:
        """
        What somebody picked up for his desk, or for that of whom he stands in for now.

        Also what one of these picked up himself and is still there for.
        """
        people = people_of(user, at=at)
        still = Membership.objects.on(local_day(at)).filter(
            user=OuterRef("taker"), desk=OuterRef("desk")
        )
        found = self.of_people(people, at=at).filter(taker__in=people)
        return found.filter(Q(taker=user) | Exists(still))._within_scope()

    def open(self) -> Self:
        """Places that did not end."""
        return self.filter(ended_at__isnull=True)


class TaskDesk(Tracked):
    """The place of one desk in one task: it leads or it joins."""

    class State(models.TextChoices):
        OFFERED = "offered", "Nog niet opgepakt"
        PICKED_UP = "picked_up", "Bezig"
        DONE = "done", "Klaar"
        DECLINED = "declined", "Past niet"
        HANDED_BACK = "handed_back", "Teruggegeven"
        ENDED = "ended", "Niet meer nodig"

    OPEN = (State.OFFERED, State.PICKED_UP)

    KEY = "task_desk"
    TRACKED = ("task_id", "desk_id", "is_lead", "state", "taker_id", "ended_at")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="places")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="tasks")
    is_lead = models.BooleanField("trekker")
    state = models.CharField(
        "stand", max_length=12, choices=State.choices, default=State.OFFERED
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    picked_up_at = models.DateTimeField("opgepakt op", null=True)
    reason = models.TextField("waarom niet", blank=True)
    ended_at = models.DateTimeField(null=True)

    objects = TaskDeskQuerySet.as_manager()

    class Meta:
        verbose_name = "plaats in een taak"
        default_permissions = ()
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["desk", "task"], name="task_desk_of_desk"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(is_lead=True),
                name="task_one_lead",
                violation_error_message="Een taak heeft één trekker.",
            ),
            models.UniqueConstraint(
                fields=["task", "desk"],
                condition=Q(ended_at__isnull=True),
                name="task_desk_once_while_open",
                violation_error_message="Dit bureau doet al mee aan deze taak.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "picked_up"])
                ^ Q(ended_at__isnull=False),
                name="task_desk_ended_has_a_moment",
                violation_error_message="Wat klaar is, heeft een moment.",
            ),
            models.CheckConstraint(
                condition=~Q(state="picked_up")
                | Q(taker__isnull=False, picked_up_at__isnull=False),
                name="task_desk_picked_up_by_somebody",
                violation_error_message="Iemand moet de taak oppakken.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "handed_back"]) | ~Q(reason=""),
                name="task_desk_refused_has_a_reason",
                violation_error_message="Schrijf kort waarom.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} in {self.task_id}"

    @property
    def is_open(self) -> bool:
        """Whether this desk still has to answer."""
        return self.state in self.OPEN


class TaskContentQuerySet(ScopedQuerySet["TaskContent"]):
    """What tasks are about, read in one statement with the right to read it."""

    scope_permission = Permission.READ_DOSSIER
    scope_path = "task__case"

    def visible_to(
        self, user: User, *, at: datetime, permission: Permission | None = None
    ) -> Self:
        """
        What he picked up and did not finish, and what he reads as regisseur.

        The first only as long as what was lent to his desk with it stands.
        """
        if permission is not None or not user.is_active:
            return super().visible_to(user, at=at, permission=permission)
        opened = _opened(user, _still_lent(), at=at, task=OuterRef("task"))
        dossiers = granted(Case, user, Permission.READ_DOSSIER, at=at)
        found = self.filter(Q(task__case__in=dossiers) | Q(opened))
        return found.excluding(user)._within_scope()


class TaskContent(models.Model):
    """What is asked, in words: opened only by who picked it up."""

    task = models.OneToOneField(
        Task, on_delete=models.PROTECT, primary_key=True, related_name="content"
    )
    question = models.TextField("wat we vragen")

    objects = TaskContentQuerySet.as_manager()

    class Meta:
        verbose_name = "inhoud van een taak"
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(question=""),
                name="task_has_a_question",
                violation_error_message="Schrijf wat je vraagt.",
            ),
        ]

    def __str__(self) -> str:
        return f"content of {self.task_id}"


def lent_with(task: Task, user: User, *, at: datetime) -> models.QuerySet[Any]:
    """What was lent with a task, as long as he who picked it up works on it."""
    return (
        Disclosure.objects.system_scope("lent to who picked the task up")
        .standing()
        .filter(_opened(user, at=at, task=task.pk, desk=OuterRef("desk")))
        .filter(about=task.key)
        .excluding(user)
        .exclude(text="")
        .order_by("pk")
    )


def warnings_with(
    task: Task, user: User, *, at: datetime, on: date
) -> models.QuerySet[Any]:
    """What to mind at a visit, for who picked the task up and works on it."""
    return (
        VisitWarning.objects.system_scope("goes with a visit that this person makes")
        .filter(_opened(user, at=at, task=task.pk, task__kind__in=VISITS))
        .filter(case=task.case_id, until_on__gte=on)
        .excluding(user)
        .order_by("pk")
    )


def people_of(user: User, *, at: datetime) -> frozenset[int]:
    """
    This person, and whom he stands in for now. One query.

    Nobody for whose account ended: also before the clock finds another deputy.
    """
    if not user.is_active:
        return frozenset()
    return frozenset({user.pk, *acting_for(user, at=at)})


def place_of(task: Task, user: User, *, at: datetime) -> TaskDesk | None:
    """His desk's place in a task: an open one first, then the one he picked up."""
    people = people_of(user, at=at)
    return (
        TaskDesk.objects.of_people(people, at=at)
        .filter(task=task)
        .select_related("desk__organisation", "taker")
        .annotate(taken=Q(taker__in=people))
        .order_by(
            F("ended_at").desc(nulls_first=True),
            F("taken").desc(nulls_last=True),
            "-is_lead",
            "pk",
        )
        .first()
    )


def lent_stands(place: TaskDesk) -> bool:
    """Whether what was lent to a desk with its task was not taken back. One query."""
    return _lent_to(place.desk_id, f"{Task.KEY}:{place.task_id}").exists()


def _opened(user: User, *also: Exists, at: datetime, **where: Any) -> Exists:
    opened = TaskDesk.objects.picked_up_by(user, at=at).open()
    return Exists(opened.filter(*also, **where))


def _lent_to(desk: Any, about: Any) -> models.QuerySet[Any]:
    lent = Disclosure.objects.system_scope("whether what was lent stands").standing()
    return lent.filter(desk=desk, about=about)


def _still_lent() -> Exists:
    number = Cast(OuterRef("task_id"), models.CharField())
    about = Concat(Value(f"{Task.KEY}:"), number)
    return Exists(_lent_to(OuterRef("desk_id"), about))
