"""Who answered for an activity has left: nobody does, and an AOV finds another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from casework.audit import log
from casework.work import items
from casework.work.days import local_day
from casework.work.models import WorkItem
from programme.asking import REPORT_PROGRESS, ask_for_owner
from programme.holding import lock_activity
from programme.models import Activity, ActivityOwner


def let_owners_go(*, at: datetime, **_: object) -> int:
    """
    Let nobody answer for what goes on when its owner has left, for the clock.

    Left is who has no account, or no desk. What has an outcome keeps its owner, and so
    does a closed period: nothing waits for him there. Gives how many activities it were.
    """
    left = Activity.objects.left_by_owner(on=local_day(at)).order_by("programme", "pk")
    return sum(_let_go(activity, at=at) for activity in left)


@transaction.atomic
def _let_go(activity: Activity, *, at: datetime) -> bool:
    lock_activity(activity)
    left = Activity.objects.left_by_owner(on=local_day(at))
    if not left.filter(pk=activity.pk).exists():
        return False
    running = ActivityOwner.objects.filter(activity=activity, ended_at__isnull=True)
    running.update(ended_at=at)
    items.close_items(
        activity.key,
        by=None,
        at=at,
        kind=REPORT_PROGRESS,
        outcome=WorkItem.Outcome.LAPSED,
    )
    activity.owner = None
    activity.version += 1
    activity.save(update_fields=["owner", "version"])
    ask_for_owner(activity, by=None, at=at)
    log.write("activity.vacated", by=None, at=at, about=activity.key)
    return True
