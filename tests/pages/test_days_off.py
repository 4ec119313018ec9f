"""The pages on which the beheerder keeps the days off."""

from __future__ import annotations

from datetime import date

import pytest

from casework.audit.models import AuditEntry
from casework.people.models import Desk
from casework.policy import policy
from casework.work.days import working_days
from casework.work.models import CalendarDay, ClosedWeekday
from tests.pages.conftest import text_of

BRIDGE = date(2027, 5, 5)
DAY = {"day": "2027-05-05", "kind": "closed", "desk": "", "reason": "Brugdag"}


class TestAddDay:
    def test_a_day_that_is_added_is_no_working_day(self, world, browser):
        """Catches a page that keeps a day of which the calendar knows nothing."""
        me = browser(world.beheerder)
        assert "Er zijn nog geen aparte dagen" in text_of(me.get("/beheer/dagen/"))

        sent = me.send("/beheer/dagen/nieuw/", DAY)

        assert (sent.status_code, sent.url) == (303, "/beheer/dagen/")
        said = text_of(me.get("/beheer/dagen/"))
        assert "5 mei" in said
        assert "dicht, voor iedereen bij de gemeente" in said
        assert not working_days(policy.at(BRIDGE)).is_working_day(BRIDGE)
        assert AuditEntry.objects.filter(verb="settings.changed").count() == 1

    def test_of_one_desk_says_whose(self, world, browser):
        desk = world.officer.memberships.get().desk
        me = browser(world.beheerder)

        me.send("/beheer/dagen/nieuw/", DAY | {"desk": desk.pk})

        assert CalendarDay.objects.get().calendar == CalendarDay.desk(desk.pk)
        assert f"voor {desk.name}" in text_of(me.get("/beheer/dagen/"))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"day": "2027-11-31"}, "31 november bestaat niet"),
            ({"day": "2026-11-20"}, "Kies een dag die nog komt."),
            ({"kind": ""}, "Kies wat er die dag is."),
            ({"reason": " "}, "Schrijf waarom deze dag anders is."),
            ({"desk": "x\x00"}, "Kies iets uit de lijst."),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, world, browser, wrong, said):
        sent = browser(world.beheerder).send("/beheer/dagen/nieuw/", DAY | wrong)

        assert sent.status_code == 422
        assert said in text_of(sent)
        assert not CalendarDay.objects.exists()

    def test_the_law_holds_for_everybody(self, world, browser):
        """Catches a decree for one desk, which no term would know."""
        desk = world.officer.memberships.get().desk
        facts = DAY | {"kind": "equated", "desk": desk.pk}

        sent = browser(world.beheerder).send("/beheer/dagen/nieuw/", facts)

        assert sent.status_code == 422
        assert "Een besluit geldt voor iedereen." in text_of(sent)


class TestTakeAway:
    def test_a_day_that_was_a_mistake_counts_again(self, world, browser):
        me = browser(world.beheerder)
        me.send("/beheer/dagen/nieuw/", DAY)
        row = CalendarDay.objects.get()

        gone = me.send(f"/beheer/dagen/{row.pk}/weg/", {})

        assert (gone.status_code, gone.url) == (303, "/beheer/dagen/")
        assert working_days(policy.at(BRIDGE)).is_working_day(BRIDGE)
        assert AuditEntry.objects.filter(verb="settings.changed").count() == 2
        assert me.send(f"/beheer/dagen/{row.pk}/weg/", {}).status_code == 404


class TestWeekdays:
    def test_a_desk_is_closed_and_open_again(self, world, browser):
        desk = world.officer.memberships.get().desk
        me = browser(world.beheerder)
        facts = {"desk": desk.pk, "weekday": "4", "reason": "Op vrijdag dicht"}

        me.send("/beheer/dagen/vast/", facts)

        row = ClosedWeekday.objects.get()
        assert (row.desk, row.weekday) == (desk, ClosedWeekday.Weekday.FRIDAY)
        assert "op vrijdag dicht" in text_of(me.get("/beheer/dagen/"))
        me.send(f"/beheer/dagen/vast/{row.pk}/weg/", {})
        assert not ClosedWeekday.objects.exists()

    @pytest.mark.parametrize("day", ["vrijdag", "7"])
    def test_a_day_that_is_none_is_said_at_the_field(self, world, browser, day):
        """Catches a list that takes what is not in it."""
        desk = world.officer.memberships.get().desk

        sent = browser(world.beheerder).send(
            "/beheer/dagen/vast/", {"desk": desk.pk, "weekday": day, "reason": "Dicht"}
        )

        assert sent.status_code == 422
        assert "Kies iets uit de lijst." in text_of(sent)
        assert not ClosedWeekday.objects.exists()

    def test_one_day_stays_open(self, world, browser):
        desk = world.officer.memberships.get().desk
        me = browser(world.beheerder)
        for weekday in range(4):
            me.send(
                "/beheer/dagen/vast/",
                {"desk": desk.pk, "weekday": weekday, "reason": "Dicht"},
            )

        sent = me.send(
            "/beheer/dagen/vast/", {"desk": desk.pk, "weekday": 4, "reason": "Dicht"}
        )

        assert sent.status_code == 422
        assert "Het bureau moet één dag open zijn." in text_of(sent)


def test_costs_the_same_however_many_days_there_are(
    world, browser, django_assert_num_queries
):
    """Catches a question for each day, desk or organisation."""
    me = browser(world.beheerder)
    for desk in Desk.objects.all()[:5]:
        ClosedWeekday.objects.create(desk=desk, weekday=1, reason="x")
        CalendarDay.objects.create(
            day=BRIDGE, calendar=CalendarDay.desk(desk.pk), kind="closed", reason="x"
        )
    me.get("/beheer/dagen/")
    with django_assert_num_queries(6):
        me.get("/beheer/dagen/")
