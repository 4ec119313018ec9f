"""How a municipality keeps its own days, those of its desks, and those of a decree."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from casework.audit import log
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Desk, Role, User
from casework.work.days import local_day
from casework.work.models import CalendarDay, ClosedWeekday

WEEK = 5


@transaction.atomic
def keep_day(
    day: date,
    *,
    kind: CalendarDay.Kind,
    reason: str,
    by: User,
    at: datetime,
    desk: Desk | None = None,
) -> CalendarDay:
    """
    Treat a day otherwise from now on: of the town, of one desk, or of the law.

    What was due before stays due on its day.

    :raises NotPermitted: if `by` is no functioneel beheerder
    :raises InvalidInput: without a reason, or for a desk and the law at once
    """
    _require_keeper(by, at=at)
    if not reason.strip():
        raise InvalidInput("Schrijf waarom deze dag anders is.", field="reason")
    legal = kind == CalendarDay.Kind.EQUATED
    if legal and desk is not None:
        raise InvalidInput("Een besluit geldt voor iedereen.", field="desk")
    calendar = CalendarDay.OFFICE if desk is None else CalendarDay.desk(desk.pk)
    row, _ = CalendarDay.objects.update_or_create(
        day=day,
        calendar=CalendarDay.LEGAL if legal else calendar,
        defaults={"kind": kind, "reason": reason},
    )
    log.write("settings.changed", by=by, at=at, about=f"calendar_day:{row.pk}")
    return row


@transaction.atomic
def close_weekday(
    desk: Desk,
    weekday: ClosedWeekday.Weekday,
    *,
    reason: str,
    by: User,
    at: datetime,
) -> ClosedWeekday:
    """
    Let a desk never work on a day of the week.

    :raises NotPermitted: if `by` is no functioneel beheerder
    :raises InvalidInput: without a reason, or if no day would be left
    """
    _require_keeper(by, at=at)
    if not reason.strip():
        raise InvalidInput("Schrijf waarom het bureau dan dicht is.", field="reason")
    Desk.objects.select_for_update(no_key=True).get(pk=desk.pk)
    others = ClosedWeekday.objects.filter(desk=desk).exclude(weekday=weekday)
    if others.count() >= WEEK - 1:
        raise InvalidInput("Het bureau moet één dag open zijn.", field="weekday")
    row, _ = ClosedWeekday.objects.update_or_create(
        desk=desk, weekday=weekday, defaults={"reason": reason}
    )
    log.write("settings.changed", by=by, at=at, about=f"closed_weekday:{row.pk}")
    return row


@transaction.atomic
def forget_day(row: CalendarDay, *, by: User, at: datetime) -> None:
    """
    Treat a day as any other again; a second time changes nothing.

    :raises NotPermitted: if `by` is no functioneel beheerder
    """
    _require_keeper(by, at=at)
    if CalendarDay.objects.filter(pk=row.pk).delete()[0]:
        log.write("settings.changed", by=by, at=at, about=f"calendar_day:{row.pk}")


@transaction.atomic
def open_weekday(row: ClosedWeekday, *, by: User, at: datetime) -> None:
    """
    Let a desk work on a day of the week again; a second time changes nothing.

    :raises NotPermitted: if `by` is no functioneel beheerder
    """
    _require_keeper(by, at=at)
    if ClosedWeekday.objects.filter(pk=row.pk).delete()[0]:
        log.write("settings.changed", by=by, at=at, about=f"closed_weekday:{row.pk}")


def _require_keeper(by: User, *, at: datetime) -> None:
    if Role.BEHEERDER not in by.roles(on=local_day(at)):
        raise NotPermitted("Alleen een functioneel beheerder houdt de dagen bij.")
