"""How a day is written, and why it counts or not."""

from datetime import date, datetime

from casework.policy import policy
from casework.work import days
from casework.work.days import WorkingDays
from casework.work.models import CalendarDay


class TestWhy:
    def test_says_why_a_day_counts_or_not(self, db):
        of_town = days.working_days(policy.at(date(2026, 4, 3)))

        assert of_town.why(date(2026, 4, 3)) == (
            "Vrijdag 3 april 2026 is geen werkdag: Goede Vrijdag."
        )
        assert of_town.why(date(2026, 11, 28)) == (
            "Zaterdag 28 november 2026 is geen werkdag: het is zaterdag."
        )
        assert of_town.why(date(2026, 11, 27)) == (
            "Vrijdag 27 november 2026 is een werkdag."
        )

    def test_says_why_a_day_of_the_municipality_counts_or_not(self):
        day, other = date(2026, 11, 28), date(2026, 11, 27)
        own = WorkingDays(
            own={
                day: CalendarDay(kind="open", reason="Open huis"),
                other: CalendarDay(kind="closed", reason="Brugdag"),
            }
        )

        assert own.why(day) == "Zaterdag 28 november 2026 is een werkdag: Open huis."
        assert own.why(other) == "Vrijdag 27 november 2026 is geen werkdag: Brugdag."


def test_short_and_spoken_days():
    assert days.short(date(2026, 11, 27)) == "vr 27 november"
    assert days.local_day(datetime.fromisoformat("2026-11-22T23:30:00+00:00")) == date(
        2026, 11, 23
    )
