"""What the pages of plans and tasks show, each in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from casework.cases.bases import label_of
from casework.cases.models import Case, Disclosure, Note
from casework.cases.readings import log_reading
from casework.people.errors import NotVisible
from casework.people.models import User
from casework.plan.answering import draft_of
from casework.plan.ending import UNANSWERED
from casework.plan.models import (
    ActionPlan,
    Goal,
    Report,
    Task,
    TaskContent,
    TaskDesk,
)
from casework.plan.models.task import (
    OWN_ANSWER_STAYS,
    lent_stands,
    lent_with,
    people_of,
    place_of,
    warnings_with,
)
from casework.work.days import local_day

AFTER_PICK_UP = "Dit stopt als de taak klaar is, of wat jullie kregen is teruggehaald."
AFTER_THAT = "Dit stopt negentig dagen nadat de taak klaar is."
"""What ends the reading of a task: of what it is about, and of its kind and day."""

STATE_KINDS = {
    Task.State.OFFERED: "",
    Task.State.PICKED_UP: "blue",
    Task.State.DONE: "green",
    Task.State.VERIFIED: "green",
    Task.State.DECLINED: "amber",
    Task.State.HANDED_BACK: "amber",
    Task.State.WITHDRAWN: "",
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task in the list of a plan."""

    task: Task
    url: str
    who: str
    late: bool

    @property
    def kind(self) -> str:
        """The colour of its state."""
        return "red" if self.late else STATE_KINDS[Task.State(self.task.state)]

    @property
    def state(self) -> str:
        """Its state in words."""
        return "Te laat" if self.late else self.task.get_state_display()


@dataclass(frozen=True, slots=True)
class GoalRows:
    """A goal with its tasks; without a goal what serves none."""

    goal: Goal | None
    tasks: list[TaskRow] = field(default_factory=list)


def plan_of(case: Case, user: User, *, at: datetime) -> ActionPlan | None:
    """Give the plan that runs in a case that somebody reads."""
    return (
        ActionPlan.objects.visible_to(user, at=at).running().filter(case=case).first()
    )


def goals_of(case: Case, user: User, *, at: datetime) -> Any:
    """Give the goals of the plan that runs."""
    return (
        Goal.objects.visible_to(user, at=at)
        .filter(case=case, plan__ended_at__isnull=True)
        .order_by("pk")
    )


def notes_to_lend(case: Case, user: User, *, at: datetime) -> Any:
    """Give the notes of a case that may go along with a task."""
    return (
        Note.objects.visible_to(user, at=at)
        .standing()
        .filter(case=case, tag=Note.Tag.NONE)
        .order_by("-at", "-pk")
    )


def rows_of(case: Case, user: User, *, at: datetime, today: date) -> list[GoalRows]:
    """Give the goals of a case with their tasks, then the tasks without a goal."""
    groups = {goal.pk: GoalRows(goal) for goal in goals_of(case, user, at=at)}
    loose = GoalRows(None)
    for task in tasks_of(case, user, at=at):
        group = groups.get(task.goal_id, loose) if task.goal_id else loose
        group.tasks.append(row_of(case, task, today=today))
    return [*groups.values(), *([loose] if loose.tasks else [])]


def tasks_of(case: Case, user: User, *, at: datetime) -> Any:
    """Give the tasks of a case with the desks in them."""
    return (
        Task.objects.visible_to(user, at=at)
        .filter(case=case)
        .prefetch_related(_with_desks())
        .by_day()
    )


def unanswered(case: Case, user: User, *, at: datetime, today: date) -> list[TaskRow]:
    """Give the tasks that are taken back when procesregie stops, as rows."""
    tasks = tasks_of(case, user, at=at).filter(state__in=UNANSWERED)
    return [row_of(case, task, today=today) for task in tasks]


def row_of(case: Case, task: Task, *, today: date) -> TaskRow:
    """Give a task as a row: who does it, and whether it is late."""
    lead = task.lead.desk.organisation.short_name
    joining = {place.desk.organisation.short_name for place in task.joining}
    also = ", ".join(sorted(joining - {lead}))
    return TaskRow(
        task=task,
        url=f"/casussen/{case.reference}/taak/{task.pk}/",
        who=f"{lead}, met {also}" if also else lead,
        late=task.is_overdue(on=today),
    )


def task_in(case: Case, pk: int, user: User, *, at: datetime) -> Task:
    """
    Give one task of a case whose dossier somebody reads.

    :raises NotVisible: if the case has none with this key
    """
    task: Task | None = tasks_of(case, user, at=at).filter(pk=pk).first()
    if task is None:
        raise NotVisible
    task.case = case
    return task


def told_of(task: Task, user: User, *, at: datetime) -> dict[str, Any]:
    """Give a regisseur what was asked, what went along and what was answered."""
    content = TaskContent.objects.visible_to(user, at=at).filter(task=task).first()
    disclosures = (
        Disclosure.objects.visible_to(user, at=at)
        .filter(about=task.key)
        .select_related("desk__organisation")
        .order_by("pk")
    )
    return {
        "question": content.question if content else "",
        "disclosures": [(each, label_of(each.ground)) for each in disclosures],
        "taken_back": any(each.taken_back_at for each in disclosures),
        "reports": reports_of(task, user, at=at),
        "withheld": withheld_of(task, user, at=at),
        "places": list(task.places.all()),
    }


def reports_of(task: Task, user: User, *, at: datetime) -> list[Report]:
    """Give the answers to a task that this person may read."""
    rows = (
        Report.objects.visible_to(user, at=at)
        .filter(task=task)
        .select_related("by", "recorded_by", "by_organisation", "place__desk", "task")
        .order_by("at", "pk")
    )
    return list(rows)


def withheld_of(task: Task, user: User, *, at: datetime) -> list[Report]:
    """Give the answers to a task that this person may know of and not read."""
    rows = (
        Report.objects.withheld_from(user, at=at)
        .filter(task=task)
        .select_related("by_organisation")
        .order_by("at", "pk")
    )
    return list(rows)


def task_for(user: User, pk: int, *, at: datetime) -> Task:
    """
    Give one task that somebody may know of; its content is read apart.

    :raises NotVisible: if there is none for him
    """
    task = (
        Task.objects.visible_to(user, at=at)
        .select_related("case__procesregisseur", "agreement__round")
        .filter(pk=pk)
        .first()
    )
    if task is None:
        raise NotVisible
    return task


@dataclass(frozen=True, slots=True)
class Opened:
    """What somebody of a desk sees of a task; empty before he picked it up."""

    place: TaskDesk
    mine: bool
    question: str = ""
    lent: list[Disclosure] = field(default_factory=list)
    warnings: list[Any] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    draft: str = ""
    taken_back: bool = False

    @property
    def why(self) -> str:
        """By what he sees it."""
        if self.mine:
            return f"Je hebt deze taak opgepakt, voor bureau {self.place.desk.name}."
        return f"Bureau {self.place.desk.name} kreeg deze taak."

    @property
    def readable_until(self) -> date | None:
        """The day on which he reads his own answer no longer."""
        ended_at = self.place.ended_at
        return local_day(ended_at + OWN_ANSWER_STAYS) if ended_at is not None else None

    @property
    def ends(self) -> str:
        """What ends it."""
        own = AFTER_PICK_UP if self.mine and self.place.is_open else AFTER_THAT
        return f"{own} Of als je het bureau verlaat."


def opened_for(user: User, task: Task, *, at: datetime, today: date) -> Opened | None:
    """
    Give what a desk sees of a task, each part read with the right to read it.

    None for who has no place in it. What is opened is written down.
    """
    place = place_of(task, user, at=at)
    if place is None:
        return None
    mine = place.taker_id in people_of(user, at=at)
    if not mine:
        return Opened(place, mine)
    if place.is_open and not lent_stands(place):
        return Opened(place, mine, taken_back=True)
    content = TaskContent.objects.visible_to(user, at=at).filter(task=task).first()
    opened = Opened(
        place,
        mine,
        question=content.question if content and place.is_open else "",
        lent=list(lent_with(task, user, at=at)),
        warnings=list(warnings_with(task, user, at=at, on=today)),
        reports=[
            report
            for report in reports_of(task, user, at=at)
            if report.place_id == place.pk
        ],
        draft=(draft.text if (draft := draft_of(user, task.key)) else ""),
    )
    for_another = place.taker if place.taker_id != user.pk else None
    log_reading(
        "task.read",
        task.case,
        user,
        at=at,
        about=task.key,
        on_behalf_of=for_another,
        basis=place.key,
    )
    return opened


def _with_desks() -> Prefetch[Any]:
    places = TaskDesk.objects.system_scope("the desks of tasks that are shown")
    return Prefetch(
        "places", places.select_related("desk__organisation", "taker").order_by("pk")
    )
