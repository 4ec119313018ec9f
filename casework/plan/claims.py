"""What somebody picked up for his desk goes back to it when he can do it no longer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.cases.journal import record
from casework.cases.lock import lock_cases
from casework.cases.models import Case
from casework.cases.models.tracked import Tracked
from casework.plan import waiting
from casework.plan.models import TaskDesk
from casework.plan.places import reopen_place
from casework.work import items
from casework.work.models import WorkItem


def free_claims(*, at: datetime, **_: object) -> int:
    """
    Give back to its desk what somebody picked up and can't do now, for the clock.

    He left the desk or the product, stood in for who is back, or knows the people of
    the case. The desk hears it at once. Gives how much went back.
    """
    return sum(_free(item, at=at) for item in items.claimed_in_vain(at=at))


@transaction.atomic
def _free(item: WorkItem, *, at: datetime) -> bool:
    cases = lock_cases([item.case]) if item.case is not None else []
    if not items.claimed_in_vain(at=at).filter(pk=item.pk).exists():
        return False
    place = waiting.place_of(item)
    if place is not None:
        _reopen(place, cases[0], item, at=at)
    items.hand_over(item, to=item.owner, by=None, at=at)
    return True


def _reopen(place: TaskDesk, case: Case, item: WorkItem, *, at: datetime) -> None:
    place.case = place.task.case = case
    changed: list[Tracked] = reopen_place(place, task=place.task)
    waiting.wait_for_desk(item, place, at=at)
    record(
        case,
        "task.freed",
        by=None,
        at=at,
        changed=changed,
        about=place.task,
        desk=place.desk_id,
    )
