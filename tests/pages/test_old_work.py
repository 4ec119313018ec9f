"""Pages about work that is done, and promises of which the day is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.flow import answer
from casework.cases.absence import end_absence, start_absence
from casework.cases.log_review import ask_for_log_review, finish_log_review
from casework.cases.models import Exclusion
from casework.people.models import Absence
from casework.work.chasing import pause
from casework.work.models import WorkItem
from tests.pages.conftest import text_of
from tests.world import AT, asked, referred


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def done(world, case) -> WorkItem:
    """A question that was answered, rested until after that."""
    escalation = asked(world, case)
    work = WorkItem.objects.system_scope("test")
    item = work.get(about=escalation.key, kind="escalation.review")
    until = AT.date() + timedelta(days=3)
    pause(item, until=until, reason="away", by=world.procesregisseur, at=AT)
    answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")
    return item


class TestDone:
    def test_is_late_no_longer(self, world, browser, done):
        """Catches work that is done, and called late on the page of its day."""
        with time_machine.travel(AT + timedelta(days=20), tick=False):
            page = browser(world.manager).get(f"/te-doen/{done.pk}/waarom/")

        said = text_of(page)
        assert "te laat" not in said
        assert "Gedaan" in said

    def test_is_not_reminded_of(self, world, browser, done):
        """Catches "we herinneren weer op" about what is done."""
        page = browser(world.manager).get(f"/te-doen/{done.pk}/waarom/")

        assert "We herinneren weer" not in text_of(page)

    def test_is_not_rested(self, world, browser, done):
        """Catches "dit wacht op" about what waits for nobody."""
        page = browser(world.procesregisseur).get(f"/te-doen/{done.pk}/rust/")

        assert page.status_code == 409
        assert "Dit is al gedaan door Marloes de Wit" in text_of(page)


class TestReported:
    def test_promises_no_day_that_is_over(self, world, browser):
        """Catches "je hoort uiterlijk" about a day of last week."""
        case = referred(world)
        case.referral.referrer = world.officer
        case.referral.save(update_fields=["referrer"])

        with time_machine.travel(AT + timedelta(days=20), tick=False):
            said = text_of(browser(world.officer).get("/gemeld/"))

        assert "Je hoort uiterlijk" not in said
        assert "Je zou uiterlijk ma 30 november horen wat we doen." in said
        assert "Hoorde je nog niets? Bel bureau procesregie" in said


class TestCover:
    @pytest.fixture
    def item(self, world, case) -> WorkItem:
        fatima = world.procesregisseur
        fatima.team_lead = world.other_manager
        fatima.save(update_fields=["team_lead"])
        Exclusion.objects.create(case=case, user=world.deputy, by=fatima, at=AT)
        start_absence(fatima, by=fatima, at=AT, reason="")
        return WorkItem.objects.system_scope("test").get(kind="absence.uncovered")

    def test_says_that_nobody_is_looked_for(self, world, browser, item):
        """Catches a page that "does not exist" for who was asked an hour ago."""
        path = f"/afwezig/casus/{item.pk}/"
        end_absence(Absence.objects.get(), by=world.procesregisseur, at=AT)

        page = browser(world.other_manager).get(path)

        assert page.status_code == 409
        assert "Hier hoef je niemand meer te zoeken." in text_of(page)
        assert browser(world.manager).get(path).status_code == 404


class TestLogReview:
    def test_says_that_it_was_done_only_when_it_was(self, world, browser):
        """Catches "is nagekeken" about a log that nobody looked at."""
        me, path, looked = browser(world.fg), "/logboek/nakijken/", "is nagekeken"
        assert looked not in text_of(me.get(path))
        assert "Er is nog niet om gevraagd" in text_of(me.get(path))

        ask_for_log_review(at=AT)
        assert looked not in text_of(me.get(path))
        finish_log_review(by=world.fg, at=AT, result="log.nothing")

        assert looked in text_of(me.get(path))
