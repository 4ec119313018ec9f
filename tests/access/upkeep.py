"""What is about no case: stuck mail, days off, and the export of the FG."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casework.jobs.making import make_due
from casework.jobs.models import Job
from casework.jobs.transitions import ask_for
from casework.people.models import Desk, User
from casework.work.calendars import close_weekday, keep_day
from casework.work.models import CalendarDay, ClosedWeekday, Delivery, WorkItem
from tests.world import AT, World

FAR = date(2027, 6, 1)


def keys(world: World, *, desk: Desk) -> dict[str, Any]:
    """Make it, and give the keys for the addresses."""
    by: dict[str, Any] = {"by": world.beheerder, "at": AT, "reason": "Studiedag"}
    weekday = ClosedWeekday.Weekday.WEDNESDAY
    return {
        "stuck_mail": _stuck_mail(world.manager).pk,
        "stuck_step": _stuck_step().pk,
        "day_off": keep_day(FAR, kind=CalendarDay.Kind.CLOSED, **by).pk,
        "weekday_off": close_weekday(desk, weekday, **by).pk,
        "export": _export(world.fg).pk,
    }


def _stuck_mail(to: User) -> Delivery:
    return Delivery.objects.create(
        key="stuck",
        kind=Delivery.Kind.DIGEST,
        to_user=to,
        state=Delivery.State.FAILED,
        attempts=12,
        last_error="smtp-450",
        planned_at=AT,
        not_before=AT,
    )


def _export(by: User) -> Job:
    job = ask_for(Job.Kind.LOG_EXPORT, by=by, at=AT)
    make_due(at=AT, stop=lambda: False)
    return job


def _stuck_step() -> WorkItem:
    item = WorkItem._base_manager.get(kind="own")
    item.failures, item.retry_at = 2, AT + timedelta(hours=3)
    item.next_step_at = AT + timedelta(hours=2) - timedelta(minutes=1)
    item.save(update_fields=["failures", "retry_at", "next_step_at"])
    return item
