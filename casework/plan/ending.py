"""How a task is taken back: one by a regisseur, or all when procesregie stops."""

from __future__ import annotations

from datetime import datetime

from casework.cases.journal import record
from casework.cases.models import Case
from casework.cases.models.tracked import Tracked
from casework.people.models import User
from casework.plan import waiting
from casework.plan.models import Task, TaskDesk
from casework.plan.places import end_place, places_of, settle

UNANSWERED = (*Task.OPEN, *Task.STUCK)
"""Tasks for which a desk, or who asked it, still has to do something."""


def take_back(task: Task, *, by: User, at: datetime) -> None:
    """
    Let nobody have to do anything for a task any more.

    Part of a transition: its case is locked.
    """
    places = places_of(task)
    changed: list[Tracked] = [task]
    changed += [
        end_place(place, TaskDesk.State.ENDED, at=at)
        for place in places
        if place.is_open
    ]
    settle(task, Task.State.WITHDRAWN, at=at)
    waiting.over(task, places, by=by, at=at, withdrawn=True)
    record(task.case, "task.withdrawn", by=by, at=at, changed=changed)


def take_back_all(case: Case, *, by: User, at: datetime) -> None:
    """
    Take every task of a case back that was not answered; answers stay to be read.

    Part of a transition: the case is locked.
    """
    tasks = Task.objects.system_scope("what stops with procesregie")
    for task in tasks.filter(case=case, state__in=UNANSWERED).order_by("pk"):
        task.case = case
        take_back(task, by=by, at=at)
