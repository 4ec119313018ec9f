"""What is asked about an activity, of whom, and by when."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse

from casework.people.models import Desk, Membership, Role, User
from casework.policy import policy
from casework.work import items
from casework.work.days import due_after, local_day
from casework.work.due import Chosen, Due
from programme.models import Activity

logger = logging.getLogger(__name__)

REPORT_PROGRESS = "activity.progress"
APPOINT_OWNER = "activity.appoint"
ASKED = (REPORT_PROGRESS, APPOINT_OWNER)


def ask_for_progress(activity: Activity, *, by: User, at: datetime) -> None:
    """
    Ask the owner how it goes, by the end of the quarter.

    Where a doorzettingsbesluit holds, by its last day if that comes first. Nobody is
    asked where there is no owner who can log in, or an outcome.
    """
    today = local_day(at)
    running = activity.overrides.filter(until_on__gte=today).order_by("pk").last()
    if running is None:
        _open(activity, "Meld voortgang", _quarter(today), by=by, at=at)
        return
    due = _quarter(today)
    if running.until_on < due.on:
        chosen = Chosen.SELF if by.pk == activity.owner_id else Chosen.ASKER
        due = Due.day(running.until_on, chosen)
    _open(activity, "Meld voortgang na een doorzettingsbesluit", due, by=by, at=at)


def ask_next_progress(activity: Activity, *, by: User, at: datetime) -> None:
    """Ask the owner, who told how it goes in this quarter, for the next one."""
    next_quarter = quarter_end(local_day(at)) + timedelta(days=1)
    _open(activity, "Meld voortgang", _quarter(next_quarter), by=by, at=at)


def ask_for_owner(activity: Activity, *, by: User | None, at: datetime) -> None:
    """Ask the AOV who answers for an activity from now on."""
    here = Membership.objects.on(local_day(at)).filter(
        desk=OuterRef("pk"), role=Role.AOV, user__is_active=True
    )
    desks = Desk.objects.filter(Exists(here), kind=Desk.Kind.AOV, is_active=True)
    desk = desks.order_by("pk").first()
    if desk is None:
        logger.error("no aov to find an owner of activity %s", activity.pk)
        return
    rules = policy.at(local_day(at))
    items.open_item(
        APPOINT_OWNER,
        title="Wijs een nieuwe actiehouder aan",
        about=activity.key,
        link=reverse("programme:activity", args=[activity.code]),
        owner=desk,
        due=due_after(rules.term("stuck_reply"), at=at, rules=rules, desk=desk.pk),
        by=by,
        at=at,
        reference=activity.code,
    )


def quarter_end(day: date) -> date:
    """Give the last day of the quarter that a day falls in."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return (first + timedelta(days=93)).replace(day=1) - timedelta(days=1)


def _quarter(day: date) -> Due:
    return Due.day(quarter_end(day), Chosen.QUARTER)


def _open(activity: Activity, title: str, due: Due, *, by: User, at: datetime) -> None:
    owner = activity.owner
    if owner is None or not owner.is_active or activity.has_ended:
        return
    items.open_item(
        REPORT_PROGRESS,
        title=title,
        about=activity.key,
        link=reverse("programme:activity", args=[activity.code]),
        owner=owner,
        due=due,
        by=by,
        at=at,
        asked_by=by if by.pk != owner.pk else None,
        reference=activity.code,
    )
