"""The memo says what is asked of whom: a decision, a talk, or nothing at all."""

from __future__ import annotations

import re

import pytest

from ave.escalation.flow import answer
from casework.levels import Level
from tests.pages.conftest import text_of
from tests.pages.test_request import FORM
from tests.world import AT, asked


@pytest.fixture
def world(begun):
    return begun[0]


class TestSkipped:
    def test_shows_all_reasons_to_who_answers(self, world, browser, case):
        """Catches two refusals and the reason to pass them by, that nobody unfolds."""
        for _ in range(2):
            before = asked(world, case)
            answer(before, by=world.manager, at=AT, answer="lower", text="Zelf doen.")
        shut = browser(world.procesregisseur).get(f"/besluiten/{before.pk}/")
        request = asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            jump_reason="Het ging twee keer mis.",
        )

        page = browser(world.burgemeester).get(f"/besluiten/{request.pk}/")

        opened = re.findall(
            r"<details[^>]*\bopen>(.*?)</details>", page.content.decode(), re.DOTALL
        )
        assert sum("Het ging twee keer mis." in each for each in opened) == 1
        assert sum(each.count("Zelf doen.") for each in opened) == 2
        assert 'disclosure" open' not in shut.content.decode()


class TestTalk:
    def test_is_asked_of_who_answers(self, world, browser, case):
        """Catches a talk that is asked and looks like any decision."""
        request = asked(world, case, kind="talk")
        world.procesregisseur.phone = "0612345678"
        world.procesregisseur.save(update_fields=["phone"])

        said = text_of(browser(world.manager).get(f"/besluiten/{request.pk}/"))

        assert "Er is een gesprek gevraagd over dit knelpunt" in said
        assert "Gevraagd: een gesprek. Bel Fatima El Amrani, 0612345678" in said
        assert "Wat besluit je over dit knelpunt?" not in said

    def test_is_what_who_asked_reads(self, world, browser, case):
        """Catches a talk that its asker can't tell from a decision."""
        request = asked(world, case, kind="talk")
        me = browser(world.procesregisseur)

        running = text_of(me.get(f"/casussen/{case.reference}/opschalen/"))
        memo = text_of(me.get(f"/besluiten/{request.pk}/"))

        assert "Knelpunt 1: gesprek gevraagd aan management" in running
        assert "Gevraagd: een gesprek." in memo
        assert "Bel Fatima" not in memo

    def test_stands_in_the_preview(self, world, browser, case):
        """Catches a preview that hides what is asked."""
        page = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/opschalen/",
            {**FORM, "kind": "talk", "preview": "1"},
        )

        assert "Gevraagd een gesprek" in text_of(page)


class TestNotice:
    def test_asks_for_no_answer(self, world, browser, case):
        """Catches a staircase that wants an answer beside "you need do nothing"."""
        notice = asked(world, case, kind="notice")

        said = text_of(browser(world.manager).get(f"/besluiten/{notice.pk}/"))

        assert "Je hoeft niets te doen" in said
        assert "Waar gaat het over?" in said
        assert "antwoord uiterlijk" not in said
        assert "De vraag die loopt" not in said

    def test_has_a_preview_without_a_day(self, world, browser, case):
        """Catches a day to answer on in the preview of what needs no answer."""
        page = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/opschalen/",
            {**FORM, "kind": "notice", "preview": "1"},
        )

        assert "Dit ziet Marloes de Wit" in text_of(page)
        assert "antwoord uiterlijk" not in text_of(page)


class TestText:
    def test_says_with_which_answer_it_may_stay_empty(self, world, browser, case):
        """Catches "may stay empty" at the text that four of five answers need."""
        request = asked(world, case)
        manager = browser(world.manager)
        path = f"/besluiten/{request.pk}/"
        assert 'Toelichting (mag leeg blijven bij "Ik pak dit knelpunt op")' in text_of(
            manager.get(path)
        )

        answer(request, by=world.manager, at=AT, answer="pick_up", text="")

        assert "Toelichting (nodig)" in text_of(manager.get(path))
