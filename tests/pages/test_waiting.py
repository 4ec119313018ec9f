"""Mijn werk, where one waits for the answer of another: reminding, and letting it rest."""

from __future__ import annotations

import pytest

from casework.cases.absence import start_absence
from casework.work import chasing
from casework.work.models import Notice, WorkItem
from tests.pages.conftest import shows_nobody, text_of
from tests.world import AT

pytestmark = pytest.mark.usefixtures("running")


@pytest.fixture
def world(begun):
    return begun[0]


class TestWaiting:
    def test_names_nobody_to_a_manager(self, world, browser):
        """Catches a name or a mnemonic in the work of who reads only a memo."""
        page = browser(world.manager).get("/")

        assert "Beantwoord de vraag over knelpunt 1" in text_of(page)
        assert shows_nobody(page)
        assert "Meld een casus" not in text_of(page)

    def test_shows_for_whom_one_waits_and_reminds(self, world, browser, escalation):
        """Catches waiting without whom or since when, and a reminder that is not sent."""
        me = browser(world.procesregisseur)
        item = WorkItem.objects.system_scope("test").get(about=escalation.key)

        waits = "wacht op Marloes de Wit sinds ma 23 november"
        assert waits in text_of(me.get("/?toon=anderen"))
        assert "knelpunt 1 sinds ma 23 november" in text_of(me.get("/"))
        sent = me.send(f"/te-doen/{item.pk}/herinner/")

        assert (sent.status_code, sent.url) == (303, "/?toon=anderen")
        assert Notice.objects.filter(item=item, user=world.manager).count() == 1
        again = me.send(f"/te-doen/{item.pk}/herinner/", follow=True)
        assert "Je hebt vandaag al herinnerd" in text_of(again)

    def test_says_who_is_reminded_for_who_is_away(self, world, browser, escalation):
        """Catches a reminder to somebody who is away, that her deputy gets."""
        item = WorkItem.objects.system_scope("test").get(about=escalation.key)
        world.manager.deputy = world.other_manager
        world.manager.save(update_fields=["deputy"])
        start_absence(world.manager, by=world.manager, at=AT, reason="")

        sent = browser(world.procesregisseur).send(
            f"/te-doen/{item.pk}/herinner/", follow=True
        )

        said = "Marloes de Wit is er nu niet. Jan de Boer krijgt nu een herinnering."
        assert said in text_of(sent)

    @pytest.mark.parametrize(
        ("told", "goes"),
        [
            ("/besluiten/1/", "/besluiten/1/"),
            ("//elders.example/", "/?toon=anderen"),
            ("https://elders.example/", "/?toon=anderen"),
            ("besluiten/1/", "/?toon=anderen"),
            ("/" + "a" * 200, "/?toon=anderen"),
        ],
    )
    def test_leads_back_to_a_page_of_ours_only(
        self, world, browser, escalation, told, goes
    ):
        """Catches a form that somebody else sends, to lead people elsewhere."""
        item = WorkItem.objects.system_scope("test").get(about=escalation.key)

        sent = browser(world.procesregisseur).send(
            f"/te-doen/{item.pk}/herinner/", {"next": told}
        )

        assert (sent.status_code, sent.url) == (303, goes)

    def test_lets_what_one_asked_for_rest(self, world, browser, escalation):
        """Catches a pause that nobody can reach, or that shows nowhere afterwards."""
        me = browser(world.procesregisseur)
        item = WorkItem.objects.system_scope("test").get(about=escalation.key)
        address = f"/te-doen/{item.pk}/rust/"

        assert address in me.get("/?toon=anderen").content.decode()
        assert "Dit wacht op Marloes de Wit" in text_of(me.get(address))
        sent = me.send(address, {"reason": "away", "until": "2026-12-14"}, follow=True)

        assert "Tot maandag 14 december 2026 herinneren we niet." in text_of(sent)
        assert "geen herinnering tot ma 14 december" in text_of(sent)
        assert "geen herinnering tot" in text_of(browser(world.manager).get("/"))
        why = text_of(me.get(f"/te-doen/{item.pk}/waarom/"))
        assert "Tot maandag 14 december herinneren we niet" in why
        assert "wie het doet, is er even niet." in why
        assert "Nu herinneren we niet tot maandag 14" in text_of(me.get(address))

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"until": "2026-11-31"}, "31 november bestaat niet."),
            ({"until": "2026-11-23"}, "Kies een dag die nog komt, hoogstens een jaar"),
            ({"reason": ""}, "Kies waarom je even niet herinnert."),
            ({"reason": "zomaar"}, "Kies iets uit de lijst."),
        ],
    )
    def test_says_at_its_field_why_it_can_not_rest(
        self, world, browser, escalation, facts, error
    ):
        """Catches a refusal above the form, and what was typed lost."""
        item = WorkItem.objects.system_scope("test").get(about=escalation.key)
        form = {"reason": "away", "until": "2026-12-14"} | facts

        page = browser(world.procesregisseur).send(f"/te-doen/{item.pk}/rust/", form)

        assert page.status_code == 422
        (field,) = facts
        assert error in page.context["form"].errors[field].as_text()
        assert page.context["form"]["until"].value() == form["until"]
        item.refresh_from_db()
        assert item.paused_until is None

    def test_reads_notices(self, world, browser, escalation):
        """Catches news that stays new for ever, or is gone before it is seen."""
        item = WorkItem.objects.system_scope("test").get(kind="escalation.review")
        chasing.remind_now(item, by=world.procesregisseur, at=AT)
        manager = browser(world.manager)

        assert "(nieuw)" in text_of(manager.get("/"))
        assert "(nieuw)" not in text_of(manager.get("/"))
