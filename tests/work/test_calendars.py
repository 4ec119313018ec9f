"""The days of the town, of a desk and of a decree: kept by one role, and counted."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from casework.audit.models import AuditEntry
from casework.people.errors import InvalidInput, NotPermitted
from casework.people.models import Membership
from casework.policy import policy
from casework.policy.terms import TERMS
from casework.work import days
from casework.work.calendars import close_weekday, keep_day
from casework.work.explaining import skipped
from casework.work.models import CalendarDay, ClosedWeekday
from tests.work.conftest import MONDAY, moment

pytestmark = pytest.mark.django_db

FRIDAY = ClosedWeekday.Weekday.FRIDAY


@pytest.fixture
def keeper(beheer):
    return Membership.objects.get(desk=beheer).user


@pytest.fixture
def closed_on_fridays(desk, keeper, now):
    return close_weekday(desk, FRIDAY, reason="op vrijdag dicht", by=keeper, at=now)


class TestCloseWeekday:
    def test_a_term_of_that_desk_skips_the_day_and_others_do_not(
        self, closed_on_fridays, desk
    ):
        """Catches a partner that is late because of a day on which nobody is there."""
        term, at = TERMS["task_accept"], moment("2026-11-24 10:00")

        rules = policy.at(MONDAY)

        assert days.due_after(term, at=at, rules=rules).on == date(2026, 11, 27)
        of_desk = days.due_after(term, at=at, rules=rules, desk=desk.pk)
        assert of_desk.on == date(2026, 11, 30)
        calendar = days.working_days(policy.at(MONDAY), desk=desk.pk)
        assert skipped(calendar, date(2026, 11, 24), of_desk.on)[0] == (
            "vr 27 november: op vrijdag dicht (dag van het bureau)"
        )

    def test_a_holiday_stays_a_holiday(self, closed_on_fridays, desk):
        calendar = days.working_days(policy.at(MONDAY), desk=desk.pk)

        assert calendar.reason_off(date(2026, 12, 25)) == "Eerste kerstdag"

    def test_the_law_does_not_stop_for_it(self, closed_on_fridays, desk):
        """Catches a legal term that a desk makes longer."""
        calendar = days.working_days(policy.at(MONDAY), desk=desk.pk)

        assert calendar.legal_end(date(2026, 11, 27)) == date(2026, 11, 27)

    def test_leaves_one_day_open(self, desk, keeper, now):
        """Catches a desk whose terms never end."""
        for weekday in list(ClosedWeekday.Weekday)[:4]:
            close_weekday(desk, weekday, reason="dicht", by=keeper, at=now)

        with pytest.raises(InvalidInput):
            close_weekday(desk, FRIDAY, reason="dicht", by=keeper, at=now)

    def test_is_said_once_and_again_changes_the_reason(
        self, closed_on_fridays, desk, keeper, now
    ):
        close_weekday(desk, FRIDAY, reason="rooster", by=keeper, at=now)

        assert ClosedWeekday.objects.get().reason == "rooster"
        assert AuditEntry.objects.filter(verb="settings.changed").count() == 2

    def test_is_for_the_beheerder(self, desk, regisseur, now):
        with pytest.raises(NotPermitted):
            close_weekday(desk, FRIDAY, reason="dicht", by=regisseur, at=now)

    def test_knows_no_weekend(self, desk):
        with pytest.raises(IntegrityError, match="is_a_weekday"), transaction.atomic():
            ClosedWeekday.objects.create(desk=desk, weekday=5, reason="dicht")


class TestKeepDay:
    def test_of_the_town_counts_for_every_desk(self, desk, keeper, now):
        day = date(2026, 11, 25)
        keep_day(
            day, kind=CalendarDay.Kind.CLOSED, reason="Verhuizing", by=keeper, at=now
        )

        for one in (None, desk.pk):
            calendar = days.working_days(policy.at(MONDAY), desk=one)
            assert calendar.reason_off(day) == "Verhuizing"

    def test_of_a_desk_counts_for_that_desk(self, desk, keeper, now):
        day = date(2026, 11, 25)
        kind = CalendarDay.Kind.CLOSED
        keep_day(day, kind=kind, reason="Studiedag", by=keeper, at=now, desk=desk)

        assert days.working_days(policy.at(MONDAY)).is_working_day(day)
        calendar = days.working_days(policy.at(MONDAY), desk=desk.pk)
        assert calendar.reason_off(day) == "Studiedag"

    def test_of_a_decree_moves_the_end_of_a_legal_term_only(self, keeper, now):
        """Catches a decree that closes the office, or that the law does not see."""
        day = date(2029, 5, 11)
        kind = CalendarDay.Kind.EQUATED
        keep_day(day, kind=kind, reason="Besluit 2029", by=keeper, at=now)

        of_town = days.working_days(policy.at(MONDAY))
        assert of_town.legal_end(day) == date(2029, 5, 14)
        assert of_town.is_working_day(day)

    def test_a_decree_is_not_of_one_desk(self, desk, keeper, now):
        with pytest.raises(InvalidInput):
            keep_day(
                MONDAY,
                kind=CalendarDay.Kind.EQUATED,
                reason="Besluit",
                by=keeper,
                at=now,
                desk=desk,
            )

    def test_needs_a_reason_and_the_beheerder(self, keeper, regisseur, now):
        kind = CalendarDay.Kind.CLOSED

        with pytest.raises(InvalidInput):
            keep_day(MONDAY, kind=kind, reason=" ", by=keeper, at=now)
        with pytest.raises(NotPermitted):
            keep_day(MONDAY, kind=kind, reason="Feest", by=regisseur, at=now)
