"""Who waits for what in a task: its work items, opened and closed in one place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from casework.cases.journal import acts_for
from casework.people.models import User
from casework.plan.models import Report, Task, TaskDesk
from casework.policy import policy
from casework.policy.ladders import NOW
from casework.policy.policy import Policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.due import Chosen, Due
from casework.work.models import WorkItem

TASK, JOIN, ANOTHER, VERIFY = "task", "task_join", "task_stuck", "task_verify"
_TERMS = {ANOTHER: "stuck_reply", VERIFY: "task_verify"}


def subject_of(place: TaskDesk) -> str:
    """The lead's work is about the task; who joins has work about his own place."""
    return f"{Task.KEY}:{place.task_id}" if place.is_lead else place.key


def for_desk(place: TaskDesk, *, by: User, at: datetime) -> None:
    """
    Let a desk know: the lead with the term to pick it up, others with the day.

    Who stands in for a regisseur asks it in his name.
    """
    task, case = place.task, place.task.case
    rules = policy.at(local_day(at))
    items.open_item(
        TASK if place.is_lead else JOIN,
        title=task.title,
        about=subject_of(place),
        link=f"/taken/{task.pk}/",
        owner=place.desk,
        due=_first_due(place, rules=rules, at=at),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        asked_by=acts_for(case, by, at=at) or by,
        ladder=rules.ladder(TASK) if place.is_lead else (NOW,),
        urgent=case.urgent,
        rules=rules,
    )


def picked_up(place: TaskDesk, *, by: User, at: datetime) -> None:
    """Let the work be of who picked it up, until the day of the task."""
    item = items.open_about(subject_of(place)).filter(kind__in=(TASK, JOIN)).first()
    if item is None:
        return
    items.claim(item, by=by, at=at)
    if place.is_lead:
        items.close_items(subject_of(place), by=by, at=at, kind=ANOTHER)
    due = place.task.due_on
    if due != item.due_on and due >= local_day(at):
        moved = Due.day(due, Chosen.ASKER)
        items.move_due(item, due=moved, by=by, at=at, reason="picked-up")


def wait_for_desk(item: WorkItem, place: TaskDesk, *, at: datetime) -> None:
    """Give a desk the time again to pick up what one of it can't do any longer."""
    due = _first_due(place, rules=policy.at(local_day(at)), at=at)
    if due != item.due and due.on >= local_day(at):
        items.move_due(item, due=due, by=None, at=at, reason="freed")


def place_of(item: WorkItem) -> TaskDesk | None:
    """Give the place that work of a desk is about, if it was picked up."""
    key = int(item.about.rpartition(":")[2]) if item.kind in (TASK, JOIN) else 0
    about = {"task": key, "is_lead": True} if item.kind == TASK else {"pk": key}
    return (
        TaskDesk.objects.system_scope("who picked it up can't do it")
        .filter(state=TaskDesk.State.PICKED_UP, **about)
        .select_related("task")
        .first()
    )


def for_another(task: Task, *, by: User | None, at: datetime) -> None:
    """Ask who steers the case to find another desk, or to go up."""
    _ask_regisseur(ANOTHER, "Zoek een ander of schaal op", task, by=by, at=at)


def to_verify(task: Task, *, by: User, at: datetime) -> None:
    """
    Ask a regisseur to read the answer and say whether it will do.

    The casusregisseur if she asked it and may read every answer; else who steers. Not
    who wrote it down herself, for the desk: she has read it.
    """
    runs = task.case.casusregisseur
    owner = runs if runs is not None and runs.pk == task.offered_by_id else None
    if owner is not None and _withholds(task, owner, at=at):
        owner = None
    if (owner or _who_steers(task)).pk != by.pk:
        _ask_regisseur(VERIFY, "Kijk het antwoord na", task, by=by, at=at, owner=owner)


def over_for_desk(place: TaskDesk, *, by: User, at: datetime) -> None:
    """Let a desk have nothing to do for a task any more."""
    items.close_items(subject_of(place), by=by, at=at, kind=(TASK, JOIN, ANOTHER))


def over(
    task: Task,
    places: Iterable[TaskDesk],
    *,
    by: User,
    at: datetime,
    withdrawn: bool = False,
) -> None:
    """Close what waits for a task, and for these desks that do not lead it now."""
    outcome = WorkItem.Outcome.WITHDRAWN if withdrawn else WorkItem.Outcome.DONE
    kinds = (TASK, ANOTHER, VERIFY)
    items.close_items(task.key, by=by, at=at, kind=kinds, outcome=outcome)
    ended = [place.key for place in places if not place.is_open]
    items.close_items(ended, by=by, at=at, kind=JOIN, outcome=outcome)


def _first_due(place: TaskDesk, *, rules: Policy, at: datetime) -> Due:
    """Until when the lead picks it up, or who joins does it; never after its day."""
    due = Due.day(place.task.due_on, Chosen.ASKER)
    if not place.is_lead:
        return due
    name = "task_accept_urgent" if place.task.case.urgent else "task_accept"
    accept = due_after(rules.term(name), at=at, rules=rules, desk=place.desk_id)
    return accept if accept.on < due.on else due


def _withholds(task: Task, user: User, *, at: datetime) -> bool:
    """Whether any answer has a tag by whose rule it is not for somebody."""
    hidden = Report.objects.withheld_from(user, at=at)
    return hidden.filter(task=task).exists()


def _who_steers(task: Task) -> User:
    return task.case.procesregisseur or task.offered_by


def _ask_regisseur(
    kind: str,
    title: str,
    task: Task,
    *,
    by: User | None,
    at: datetime,
    owner: User | None = None,
) -> None:
    """Ask who steers, if nobody else is named; if nobody does, who asked the desk."""
    case = task.case
    rules = policy.at(local_day(at))
    items.open_item(
        kind,
        title=title,
        about=task.key,
        link=f"/casussen/{case.reference}/taak/{task.pk}/",
        owner=owner or _who_steers(task),
        due=due_after(rules.term(_TERMS[kind]), at=at, rules=rules),
        by=by,
        at=at,
        case=case.pk,
        reference=case.reference,
        level=case.level,
        rules=rules,
    )
