"""What is asked of the owner of an activity, and by when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import reverse

from casework.people.models import User
from casework.work import items
from casework.work.days import local_day
from casework.work.due import Chosen, Due
from programme.models import Activity

REPORT_PROGRESS = "activity.progress"


def ask_for_progress(
    activity: Activity, *, by: User, at: datetime, after: date | None = None
) -> None:
    """Ask the owner for his next report; `after` skips the quarter of that day."""
    if activity.owner is None or activity.has_ended:
        return
    day = local_day(at)
    due = quarter_end(day if after is None else quarter_end(after) + timedelta(days=1))
    items.open_item(
        REPORT_PROGRESS,
        title="Meld voortgang",
        about=activity.key,
        link=reverse("programme:activity", args=[activity.code]),
        owner=activity.owner,
        due=Due.day(due, Chosen.QUARTER),
        by=by,
        at=at,
        asked_by=by if by.pk != activity.owner_id else None,
        reference=activity.code,
    )


def quarter_end(day: date) -> date:
    """Give the last day of the quarter that a day falls in."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return (first + timedelta(days=93)).replace(day=1) - timedelta(days=1)
