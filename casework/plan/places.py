"""The places of desks in a task: how they begin and end, and the task with them."""

from __future__ import annotations

from datetime import datetime

from casework.cases.confirmations import Given
from casework.cases.models import Note
from casework.cases.models.tracked import Tracked
from casework.people.errors import InvalidInput
from casework.people.models import Desk, User
from casework.plan import waiting
from casework.plan.models import Report, Task, TaskDesk

_T, _D = Task.State, TaskDesk.State


def write_report(
    place: TaskDesk,
    *,
    task: Task,
    answer: str,
    choice: str,
    tag: str,
    given: Given,
    by: User,
) -> Report:
    """
    Write the answer of a desk, as part of a transition.

    :raises InvalidInput: if it says nothing, or chooses what is not in the list
    """
    if task.about.answers and not task.about.answer(choice):
        raise InvalidInput("Kies een antwoord.", field="choice")
    if not answer.strip():
        raise InvalidInput("Vul een uitleg in.", field="answer")
    if tag not in Note.Tag.values:
        raise InvalidInput("Kies iets uit de lijst.", field="tag")
    return Report.objects.create(
        case=task.case,
        task=task,
        place=place,
        choice=choice if task.about.answers else "",
        answer=answer,
        tag=tag,
        by=given.by,
        by_name=given.by_name,
        by_organisation=place.desk.organisation,
        recorded_by=by,
        channel=given.channel,
        at=given.at,
    )


def finish_place(
    place: TaskDesk, *, task: Task, by: User, at: datetime
) -> list[Tracked]:
    """
    Let a place be done; with the lead's the task is, and who joins is free.

    Part of a transition. Returns the rows that changed, for its record.
    """
    changed: list[Tracked] = [end_place(place, _D.DONE, at=at)]
    waiting.over_for_desk(place, by=by, at=at)
    if not place.is_lead:
        return changed
    for other in places_of(task):
        if other.pk != place.pk and other.is_open:
            changed.append(end_place(other, _D.ENDED, at=at))
            waiting.over_for_desk(other, by=by, at=at)
    settle(task, _T.DONE, at=at)
    if task.verify_wanted:
        waiting.to_verify(task, by=by, at=at)
    return [task, *changed]


def give_back_place(
    place: TaskDesk, state: TaskDesk.State, *, task: Task, by: User, at: datetime
) -> list[Tracked]:
    """
    Let a desk be rid of a task; of the lead's the procesregisseur hears.

    Part of a transition. Returns the rows that changed, for its record.
    """
    changed: list[Tracked] = [end_place(place, state, at=at)]
    waiting.over_for_desk(place, by=by, at=at)
    if not place.is_lead:
        return changed
    settle(task, _T(str(state)), at=at)
    waiting.for_another(task, by=by, at=at)
    return [task, *changed]


def places_of(task: Task) -> list[TaskDesk]:
    """Every place in a locked task."""
    rows = list(
        TaskDesk.objects.system_scope("every desk of a locked task")
        .filter(task=task)
        .select_related("desk__organisation")
        .order_by("pk")
    )
    for row in rows:
        row.case, row.task = task.case, task
    return rows


def add_place(task: Task, desk: Desk, *, is_lead: bool) -> TaskDesk:
    """Give a desk a place in a task, as part of a transition."""
    place = TaskDesk(case=task.case, task=task, desk=desk, is_lead=is_lead)
    place.save(force_insert=True)
    return place


def end_place(place: TaskDesk, state: TaskDesk.State, *, at: datetime) -> TaskDesk:
    """End a place; one that ended before keeps how it did."""
    if place.is_open:
        place.state = state
        place.ended_at = at
    place.save(update_fields=["state", "ended_at", "is_lead", "reason"])
    return place


def reopen_place(place: TaskDesk, *, task: Task) -> list[Tracked]:
    """
    Let a place wait again for anybody of its desk; with the lead's the task does.

    Part of a transition. Returns the rows that changed, for its record.
    """
    place.state = _D.OFFERED
    place.taker = place.picked_up_at = None
    place.save(update_fields=["state", "taker", "picked_up_at"])
    if not place.is_lead:
        return [place]
    settle(task, _T.OFFERED, at=None)
    return [task, place]


def replace_place(place: TaskDesk, *, at: datetime) -> TaskDesk:
    """End a place for one that comes instead of it: from now on that one leads."""
    place.is_lead = False
    return end_place(place, _D.ENDED, at=at)


def settle(task: Task, state: Task.State, *, at: datetime | None) -> None:
    """Put a task in a state, as part of a transition."""
    task.state = state
    task.settled_at = at
    task.version += 1
    task.save(update_fields=["state", "settled_at", "version"])
