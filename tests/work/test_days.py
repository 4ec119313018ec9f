"""Which days count: by hand for the known years, by property for ten."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.policy import policy
from casework.policy.terms import Term, Unit
from casework.work import days
from casework.work.days import WorkingDays, at_local
from casework.work.due import Due
from casework.work.models import CalendarDay
from tests.work.conftest import moment, utc

CALENDAR = WorkingDays()
TEN_YEARS = st.dates(date(2025, 1, 1), date(2034, 12, 31))
COUNTS = st.integers(min_value=-60, max_value=60)


def wall(at: datetime) -> time:
    return at.astimezone(days.ZONE).time()


KNOWN_DAYS_OFF = [
    (date(2026, 1, 1), "Nieuwjaarsdag"),
    (date(2026, 4, 3), "Goede Vrijdag"),
    (date(2026, 4, 6), "Tweede paasdag"),
    (date(2026, 4, 27), "Koningsdag"),
    (date(2026, 5, 14), "Hemelvaartsdag"),
    (date(2026, 5, 25), "Tweede pinksterdag"),
    (date(2026, 12, 25), "Eerste kerstdag"),
    (date(2026, 12, 26), "zaterdag"),
    (date(2027, 1, 1), "Nieuwjaarsdag"),
    (date(2027, 3, 26), "Goede Vrijdag"),
    (date(2027, 3, 29), "Tweede paasdag"),
    (date(2027, 4, 27), "Koningsdag"),
    (date(2027, 5, 6), "Hemelvaartsdag"),
    (date(2027, 5, 17), "Tweede pinksterdag"),
    (date(2027, 12, 25), "zaterdag"),
]


NATIONAL = {
    2026: {
        date(2026, 1, 1): "Nieuwjaarsdag",
        date(2026, 4, 3): "Goede Vrijdag",
        date(2026, 4, 5): "Eerste paasdag",
        date(2026, 4, 6): "Tweede paasdag",
        date(2026, 4, 27): "Koningsdag",
        date(2026, 5, 5): "Bevrijdingsdag",
        date(2026, 5, 14): "Hemelvaartsdag",
        date(2026, 5, 24): "Eerste Pinksterdag",
        date(2026, 5, 25): "Tweede Pinksterdag",
        date(2026, 12, 25): "Eerste Kerstdag",
        date(2026, 12, 26): "Tweede Kerstdag",
    },
    2027: {
        date(2027, 1, 1): "Nieuwjaarsdag",
        date(2027, 3, 26): "Goede Vrijdag",
        date(2027, 3, 28): "Eerste paasdag",
        date(2027, 3, 29): "Tweede paasdag",
        date(2027, 4, 27): "Koningsdag",
        date(2027, 5, 5): "Bevrijdingsdag",
        date(2027, 5, 6): "Hemelvaartsdag",
        date(2027, 5, 16): "Eerste Pinksterdag",
        date(2027, 5, 17): "Tweede Pinksterdag",
        date(2027, 12, 25): "Eerste Kerstdag",
        date(2027, 12, 26): "Tweede Kerstdag",
    },
}


class TestNationalHolidays:
    @pytest.mark.parametrize("year", NATIONAL)
    def test_are_all_of_them_by_hand(self, year):
        """Catches a library that forgets a holiday, or that invents one."""
        found = days.national_holidays(year)

        assert {day: name.lower() for day, name in found.items()} == {
            day: name.lower() for day, name in NATIONAL[year].items()
        }


class TestReasonOff:
    @pytest.mark.parametrize(("day", "reason"), KNOWN_DAYS_OFF)
    def test_knows_the_days_off_of_two_years(self, day, reason):
        assert CALENDAR.reason_off(day) == reason

    @pytest.mark.parametrize("day", [date(2026, 5, 5), date(2027, 5, 5)])
    def test_works_on_liberation_day_outside_a_lustrum(self, day):
        assert CALENDAR.is_working_day(day)

    def test_is_off_on_liberation_day_in_a_lustrum_or_by_choice(self):
        assert not CALENDAR.is_working_day(date(2025, 5, 5))
        yearly = WorkingDays(liberation_day="yearly")
        assert not yearly.is_working_day(date(2026, 5, 5))

    def test_works_on_good_friday_by_choice(self):
        assert WorkingDays(good_friday_off=False).is_working_day(date(2026, 4, 3))

    def test_celebrates_kings_day_on_saturday_when_it_falls_on_sunday(self):
        assert CALENDAR.is_working_day(date(2031, 4, 28))
        assert CALENDAR.reason_off(date(2031, 4, 26)) == "zaterdag"

    def test_follows_the_days_of_the_municipality(self):
        own = {
            date(2026, 5, 15): CalendarDay(kind="closed", reason="Brugdag"),
            date(2026, 4, 27): CalendarDay(kind="open", reason="Verkiezingen"),
        }
        calendar = WorkingDays(own=own)

        assert calendar.reason_off(date(2026, 5, 15)) == "Brugdag"
        assert calendar.is_working_day(date(2026, 4, 27))


class TestAdd:
    @pytest.mark.parametrize(
        ("start", "count", "end"),
        [
            (date(2026, 4, 2), 1, date(2026, 4, 7)),
            (date(2026, 12, 24), 1, date(2026, 12, 28)),
            (date(2026, 11, 23), 5, date(2026, 11, 30)),
            (date(2026, 5, 8), -5, date(2026, 5, 1)),
            (date(2026, 11, 28), 1, date(2026, 11, 30)),
            (date(2026, 11, 23), 0, date(2026, 11, 23)),
        ],
    )
    def test_counts_by_hand(self, start, count, end):
        assert CALENDAR.add(start, count) == end

    @given(day=TEN_YEARS, count=COUNTS)
    def test_ends_on_a_working_day_unless_nothing_is_added(self, day, count):
        end = CALENDAR.add(day, count)

        assert count == 0 or CALENDAR.is_working_day(end)

    @given(day=TEN_YEARS, count=st.integers(0, 60))
    def test_between_gives_back_what_was_added(self, day, count):
        assert CALENDAR.between(day, CALENDAR.add(day, count)) == count

    @given(day=TEN_YEARS, count=COUNTS)
    def test_there_and_back_again_from_a_working_day(self, day, count):
        start = CALENDAR.first_from(day)

        assert CALENDAR.add(CALENDAR.add(start, count), -count) == start

    @given(day=TEN_YEARS, count=COUNTS)
    def test_a_day_later_never_ends_earlier(self, day, count):
        """Catches a calendar that goes back when one starts later."""
        # Nothing added gives the day itself, working day or not.
        assert CALENDAR.add(day + days.DAY, count) >= CALENDAR.add(day, count)

    @given(day=TEN_YEARS, count=COUNTS)
    def test_one_more_is_always_later(self, day, count):
        assert CALENDAR.add(day, count + 1) > CALENDAR.add(day, count) or count in (
            -1,
            0,
        )

    def test_refuses_a_calendar_without_working_days(self):
        closed = {
            date(2026, 1, 1) + timedelta(days=n): CalendarDay(kind="closed", reason="x")
            for n in range(100)
        }

        with pytest.raises(days.CalendarTooFull):
            WorkingDays(own=closed).add(date(2026, 1, 1), 1)


class TestLegalEnd:
    @pytest.mark.parametrize(
        ("day", "end"),
        [
            (date(2026, 4, 3), date(2026, 4, 7)),
            (date(2026, 5, 5), date(2026, 5, 6)),
            (date(2026, 5, 14), date(2026, 5, 18)),
            (date(2026, 12, 25), date(2026, 12, 28)),
            (date(2026, 11, 28), date(2026, 11, 30)),
            (date(2026, 11, 27), date(2026, 11, 27)),
        ],
    )
    def test_runs_on_to_a_day_that_is_no_day_off(self, day, end):
        assert CALENDAR.legal_end(day) == end

    def test_runs_on_over_a_day_that_a_decree_equates(self):
        friday = date(2026, 5, 15)
        decreed = {friday: CalendarDay(kind="equated", reason="Besluit 2026")}

        assert WorkingDays(equated=decreed).legal_end(friday) == date(2026, 5, 18)

    def test_ignores_days_on_which_only_the_office_is_closed(self):
        friday = date(2026, 11, 27)
        own = {friday: CalendarDay(kind="closed", reason="Verhuizing")}

        assert WorkingDays(own=own).legal_end(friday) == friday

    @given(day=TEN_YEARS)
    def test_is_never_earlier_and_never_more_than_five_days_later(self, day):
        assert timedelta(0) <= CALENDAR.legal_end(day) - day <= timedelta(days=5)


IN_DAYS = st.tuples(st.integers(1, 120), st.sampled_from([Unit.DAYS, Unit.MONTHS])).map(
    lambda drawn: (drawn[0] if drawn[1] is Unit.DAYS else 1 + drawn[0] % 12, drawn[1])
)


class TestOwnAndLegalEnds:
    @given(day=TEN_YEARS, drawn=IN_DAYS)
    def test_our_own_ends_on_a_working_day_and_does_not_run_on(self, day, drawn):
        """Catches a term of our own that ends on a day off, or gives more than it says."""
        number, unit = drawn
        term = Term("plan_review", number, unit, "x")
        counted = days.days_or_months_later(term, day)
        end = CALENDAR.due_after(term, at=at_local(day, time(10))).on

        assert CALENDAR.is_working_day(end)
        assert end > day
        assert end <= counted or CALENDAR.between(day, counted) == 0

    @given(day=TEN_YEARS, drawn=IN_DAYS)
    def test_the_law_runs_on_to_the_first_day_that_is_none(self, day, drawn):
        """Catches a legal term that ends early, or on a Sunday."""
        number, unit = drawn
        term = Term("inform_subject", number, unit, "AVG", legal=True)
        counted = days.days_or_months_later(term, day)
        end = CALENDAR.due_after(term, at=at_local(day, time(10))).on

        assert end >= counted
        assert not CALENDAR.reason_legally_off(end)
        assert all(
            CALENDAR.reason_legally_off(counted + timedelta(days=more))
            for more in range((end - counted).days)
        )

    def test_a_holiday_tells_them_apart(self):
        """Catches one rule for both: Christmas 2026 is a Friday."""
        at = moment("2026-11-25 09:00")
        ours = Term("rights_review", 1, Unit.MONTHS, "x")
        of_the_law = Term("inform_subject", 1, Unit.MONTHS, "AVG", legal=True)

        assert CALENDAR.due_after(ours, at=at).on == date(2026, 12, 24)
        assert CALENDAR.due_after(of_the_law, at=at).on == date(2026, 12, 28)

    def test_a_short_one_is_never_over_on_the_day_that_it_began(self):
        term = Term("x", 1, Unit.DAYS, "x")
        at = moment("2026-11-27 09:00")

        assert CALENDAR.due_after(term, at=at).on == date(2026, 11, 30)


class TestDecreed:
    @pytest.mark.parametrize(
        ("day", "end"),
        [
            (date(2026, 1, 2), date(2026, 1, 5)),
            (date(2026, 5, 15), date(2026, 5, 18)),
            (date(2027, 5, 7), date(2027, 5, 10)),
            (date(2028, 4, 28), date(2028, 5, 1)),
            (date(2028, 5, 26), date(2028, 5, 29)),
        ],
    )
    def test_a_legal_term_runs_on_and_the_office_is_open(self, day, end):
        """Catches a decree that nobody read, or that closes the office."""
        assert CALENDAR.legal_end(day) == end
        assert CALENDAR.is_working_day(day)


class TestClockHours:
    @pytest.mark.parametrize(
        ("began", "hours", "ends"),
        [
            ("2026-10-24 16:55", 24, "2026-10-25 15:55"),
            ("2026-10-24 23:00", 4, "2026-10-25 02:00"),
            ("2027-03-27 16:55", 24, "2027-03-28 17:55"),
            ("2027-03-27 23:30", 4, "2027-03-28 04:30"),
            ("2026-11-27 16:55", 24, "2026-11-28 16:55"),
        ],
    )
    def test_are_hours_of_sixty_minutes_through_the_night(self, began, hours, ends):
        """Catches hours that are counted on the wall: one too many, or too few."""
        term = Term("escalation_urgent", hours, Unit.HOURS, "x")
        due = CALENDAR.due_after(term, at=moment(began))

        assert due.at - moment(began) == timedelta(hours=hours)
        assert due.at.astimezone(days.ZONE).strftime("%Y-%m-%d %H:%M") == ends

    @given(day=TEN_YEARS, clock=st.times(), hours=st.integers(1, 96))
    def test_never_stand_still_and_never_jump(self, day, clock, hours):
        term = Term("escalation_urgent", hours, Unit.HOURS, "x")
        at = at_local(day, clock)
        due = CALENDAR.due_after(term, at=at)

        assert due.at - at == timedelta(hours=hours)
        assert due.on == days.local_day(due.at)


class TestDueAfter:
    at = moment("2026-11-23 16:00")

    def test_hours_count_at_night(self):
        term = Term("escalation_urgent", 24, Unit.HOURS, "x")

        assert CALENDAR.due_after(term, at=self.at) == Due.moment(
            moment("2026-11-24 16:00")
        )

    def test_a_legal_month_runs_on_and_ours_too(self):
        term = Term("inform_subject", 1, Unit.MONTHS, "AVG", legal=True)
        at = moment("2026-11-26 09:00")

        assert CALENDAR.due_after(term, at=at) == Due.day(date(2026, 12, 28))

    def test_a_month_after_the_31st_ends_on_the_last_day(self):
        assert days.add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
        assert days.add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)


class TestAtLocal:
    def test_skips_an_hour_in_the_gap_of_march(self):
        assert at_local(date(2026, 3, 29), time(2, 30)) == utc(2026, 3, 29, 1, 30)
        assert wall(at_local(date(2026, 3, 29), time(2, 30))) == time(3, 30)

    def test_takes_the_first_of_two_in_the_fold_of_october(self):
        assert at_local(date(2026, 10, 25), time(2, 30)) == utc(2026, 10, 25, 0, 30)

    def test_is_eight_o_clock_on_the_wall_on_both_sides(self):
        before = at_local(date(2026, 3, 28), time(8))
        after = at_local(date(2026, 3, 29), time(8))

        assert (wall(before), wall(after)) == (time(8), time(8))
        assert after - before == timedelta(hours=23)

    @pytest.mark.parametrize(
        ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
    )
    def test_a_day_of_change_is_23_or_25_hours_long(self, day, hours):
        start = at_local(day, time())

        assert days.end_of(day) - start == timedelta(hours=hours)

    @given(day=TEN_YEARS, clock=st.times())
    def test_stays_on_its_day(self, day, clock):
        assert days.local_day(at_local(day, clock)) == day


class TestWorkingDays:
    def test_reads_the_days_of_municipality_desk_and_decree(self, db):
        """The table is in use: a library alone knows no bridge days."""
        CalendarDay.objects.create(
            day=date(2026, 5, 15), kind="closed", reason="Brugdag"
        )
        CalendarDay.objects.create(
            day=date(2026, 5, 18), calendar="desk:7", kind="closed", reason="Studiedag"
        )
        CalendarDay.objects.create(
            day=date(2026, 5, 15), calendar="legal", kind="equated", reason="Besluit"
        )

        rules = policy.at(date(2026, 5, 13))
        of_town = days.working_days(rules)
        assert of_town.add(date(2026, 5, 13), 1) == date(2026, 5, 18)
        assert of_town.legal_end(date(2026, 5, 14)) == date(2026, 5, 18)
        of_desk = days.working_days(rules, desk=7)
        assert of_desk.add(date(2026, 5, 13), 1) == date(2026, 5, 19)


class TestBetween:
    @given(day=TEN_YEARS, count=COUNTS)
    def test_counts_back_as_it_counts_on(self, day, count):
        other = CALENDAR.add(day, count)

        assert CALENDAR.between(day, other) == -CALENDAR.between(other, day)
