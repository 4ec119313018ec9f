"""Which days count, and why: working days, legal terms, and the clock on the wall."""

from __future__ import annotations

import calendar as months_of
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from casework.policy.policy import Policy
from casework.policy.terms import Term, Unit
from casework.work.decrees import DECREED
from casework.work.due import ZONE, Counted, Due
from casework.work.models import CalendarDay, ClosedWeekday

DAY = timedelta(days=1)
SATURDAY = 5
LUSTRUM = 5
LONGEST_GAP = 60
GOOD_FRIDAY = "Goede Vrijdag"

WEEKDAYS = (
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
)
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


class CalendarTooFull(Exception):
    """Two months without one working day: somebody filled in the calendar wrongly."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """
    The days off of one municipality, or of one desk in it.

    Made once for a piece of work; then it asks the database nothing more.
    """

    good_friday_off: bool = True
    liberation_day: str = "lustrum"
    own: Mapping[date, CalendarDay] = field(default_factory=dict)
    closed_weekdays: Mapping[int, str] = field(default_factory=dict)
    equated: Mapping[date, CalendarDay] = field(default_factory=dict)

    def reason_off(self, day: date) -> str:
        """Say why nobody works on a day; empty on a working day."""
        own = self.own.get(day)
        if own is not None:
            return own.reason if own.kind == CalendarDay.Kind.CLOSED else ""
        if day.weekday() >= SATURDAY:
            return WEEKDAYS[day.weekday()]
        return self._holiday_off(day) or self.closed_weekdays.get(day.weekday(), "")

    def is_working_day(self, day: date) -> bool:
        """Whether people work on a day."""
        return not self.reason_off(day)

    def add(self, day: date, count: int) -> date:
        """
        Give the day so many working days later, or earlier below zero.

        The first day does not count; zero gives the day itself.

        :raises CalendarTooFull: if there are no working days left
        """
        step = DAY if count >= 0 else -DAY
        for _ in range(abs(count)):
            day = self._next(day, step)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`."""
        if end < start:
            return -self.between(end, start)
        return sum(1 for day in _days(start + DAY, end) if self.is_working_day(day))

    def first_from(self, day: date) -> date:
        """Give the day itself if people work then, else the next working day."""
        return day if self.is_working_day(day) else self._next(day, DAY)

    def reason_legally_off(self, day: date) -> str:
        """Say why a legal term can't end on a day; empty if it can."""
        if day.weekday() >= SATURDAY:
            return WEEKDAYS[day.weekday()]
        if day in self.equated:
            return self.equated[day].reason
        if day in DECREED:
            return DECREED[day]
        return national_holidays(day.year).get(day, "")

    def legal_end(self, day: date) -> date:
        """Move the end of a legal term to a day that is no day off (Atw, article 1)."""
        while self.reason_legally_off(day):
            day += DAY
        return day

    def own_end(self, day: date, *, after: date) -> date:
        """
        Move the end of a term of our own to a working day: back, for it may not run on.

        Forward only where it would be over on the day that it began.
        """
        if self.is_working_day(day):
            return day
        back = self._next(day, -DAY)
        return back if back > after else self._next(day, DAY)

    def due_after(self, term: Term, *, at: datetime) -> Due:
        """Give the day or the moment on which a term ends that begins at `at`."""
        basis = Counted(term.name, at)
        if term.unit is Unit.HOURS:
            ends = at.astimezone(UTC) + timedelta(hours=term.number)
            return Due.moment(ends, basis)
        day = local_day(at)
        if term.unit is Unit.WORKING_DAYS:
            return Due.day(self.add(day, term.number), basis)
        end = days_or_months_later(term, day)
        legal = term.legal
        return Due.day(
            self.legal_end(end) if legal else self.own_end(end, after=day), basis
        )

    def why(self, day: date) -> str:
        """Say in Dutch what kind of day it is."""
        own = self.own.get(day)
        if own is not None and own.kind == CalendarDay.Kind.OPEN:
            return f"{spoken(day).capitalize()} is een werkdag: {own.reason}."
        off = self.reason_off(day)
        if off in WEEKDAYS:
            return f"{spoken(day).capitalize()} is geen werkdag: het is {off}."
        if off:
            return f"{spoken(day).capitalize()} is geen werkdag: {off}."
        return f"{spoken(day).capitalize()} is een werkdag."

    def _holiday_off(self, day: date) -> str:
        if is_good_friday(day):
            return GOOD_FRIDAY if self.good_friday_off else ""
        if is_liberation_day(day):
            return "Bevrijdingsdag" if self._liberation_day_off(day) else ""
        return national_holidays(day.year).get(day, "")

    def _liberation_day_off(self, day: date) -> bool:
        if self.liberation_day == "lustrum":
            return day.year % LUSTRUM == 0
        return self.liberation_day == "yearly"

    def _next(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_GAP):
            day += step
            if self.is_working_day(day):
                return day
        raise CalendarTooFull(day.isoformat())


def working_days(rules: Policy, *, desk: int | None = None) -> WorkingDays:
    """
    Read the days of the municipality, and of one desk if it is named.

    One query; a second one for the week of a desk.
    """
    names = [CalendarDay.OFFICE, CalendarDay.LEGAL]
    if desk is not None:
        names.append(CalendarDay.desk(desk))
    own: dict[date, CalendarDay] = {}
    equated: dict[date, CalendarDay] = {}
    rows = CalendarDay.objects.filter(calendar__in=names)
    for row in sorted(rows, key=lambda row: names.index(row.calendar)):
        if row.calendar == CalendarDay.LEGAL:
            equated[row.day] = row
        else:
            own[row.day] = row
    return WorkingDays(
        good_friday_off=rules.choice("good_friday") == "off",
        liberation_day=rules.choice("liberation_day"),
        own=own,
        closed_weekdays=_weekdays_of(desk),
        equated=equated,
    )


def due_after(
    term: Term,
    *,
    at: datetime,
    rules: Policy,
    desk: int | None = None,
) -> Due:
    """
    Give the day or the moment on which a term ends that begins at `at`.

    For a desk that has days off of its own, counted by those.
    """
    return working_days(rules, desk=desk).due_after(term, at=at)


def days_or_months_later(term: Term, day: date) -> date:
    """Give the day on which a term in days or months ends, working day or not."""
    if term.unit is Unit.DAYS:
        return day + timedelta(days=term.number)
    return add_months(day, term.number)


def add_months(day: date, count: int) -> date:
    """Give the same day of a later month, or its last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = months_of.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def local_day(at: datetime) -> date:
    """Give the day on the wall at a moment."""
    return at.astimezone(ZONE).date()


def at_local(day: date, clock: time) -> datetime:
    """
    Give the moment at which the clock on the wall says this time, in UTC.

    A time that the change to summer skips comes an hour later; of a time that the
    change to winter has twice, the first counts.
    """
    # In UTC: with a zone of its own, adding hours would be counting on the wall.
    return datetime.combine(day, clock.replace(fold=0), tzinfo=ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Give the first moment after a day: what is due on it, is late from then on."""
    return at_local(day + DAY, time())


def last_day(end: datetime) -> date:
    """Give the last day of what ends at a moment: midnight belongs to the day before."""
    return local_day(end - timedelta.resolution)


def short(day: date) -> str:
    """Write a day as "vr 27 november"."""
    return f"{WEEKDAYS[day.weekday()][:2]} {day.day} {MONTHS[day.month - 1]}"


def spoken(day: date) -> str:
    """Write a day as "vrijdag 27 november 2026"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def at_clock(at: datetime) -> str:
    """Write a moment as "vrijdag 27 november 2026, 16.55 uur"."""
    clock = at.astimezone(ZONE)
    return f"{spoken(clock.date())}, {clock:%H.%M} uur"


@lru_cache(maxsize=64)
def national_holidays(year: int) -> dict[date, str]:
    """Give every day that the law knows as a holiday, with its Dutch name."""
    found = holidays.country_holidays(
        "NL", years=year, language="nl", categories=("public", "optional")
    )
    return {
        day: GOOD_FRIDAY if name.lower() == GOOD_FRIDAY.lower() else name
        for day, name in found.items()
        if day.year == year
    }


def is_liberation_day(day: date) -> bool:
    """Whether it is the fifth of May."""
    return (day.month, day.day) == (5, 5)


def is_good_friday(day: date) -> bool:
    """Whether it is the Friday before Easter."""
    return national_holidays(day.year).get(day) == GOOD_FRIDAY


def _weekdays_of(desk: int | None) -> dict[int, str]:
    if desk is None:
        return {}
    rows = ClosedWeekday.objects.filter(desk=desk)
    return dict(rows.values_list("weekday", "reason"))


def _days(start: date, end: date) -> Iterator[date]:
    while start <= end:
        yield start
        start += DAY
