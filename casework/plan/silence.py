"""What happens when a desk stays silent about a task: its regisseur acts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.cases.journal import record
from casework.cases.lock import lock_case
from casework.plan import waiting
from casework.plan.models import Task
from casework.work import items
from casework.work.models import WorkItem


@transaction.atomic
def silence(item: WorkItem, *, at: datetime) -> None:
    """
    Ask the procesregisseur to find another desk or go up; a rung of the ladder.

    Nobody acts here: the clock calls it. A task that was answered or picked up
    meanwhile needs nothing.
    """
    key = int(item.about.rpartition(":")[2])
    task = Task.objects.system_scope("a rung of its ladder came").get(pk=key)
    case = lock_case(task)
    if not items.still_waits(item):
        return
    if not task.is_open or items.open_about(task.key, kind=waiting.ANOTHER).exists():
        return
    waiting.for_another(task, by=None, at=at)
    record(case, "task.silent", by=None, at=at, about=task)
