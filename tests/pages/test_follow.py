"""What who asked does with a question that runs, and with what came back."""

from __future__ import annotations

import pytest

from ave.escalation.flow import answer
from casework.audit.models import AuditEntry
from tests.pages.conftest import text_of
from tests.pages.test_request import path_of
from tests.world import AT, bottleneck_of


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.mark.usefixtures("running")
class TestFollow:
    def test_offers_to_remind_withdraw_and_record(self, world, browser, case):
        """Catches a question that can't be followed from one page."""
        said = text_of(browser(world.procesregisseur).get(path_of(case)))

        for words in (
            "Marloes de Wit antwoordt uiterlijk ma 30 november.",
            "Herinner nu",
            "Trek de vraag in",
            "Leg een mondeling antwoord vast",
        ):
            assert words in said

    def test_withdraws(self, world, browser, escalation, case):
        """Catches a question that keeps somebody waiting after it was taken back."""
        sent = browser(world.procesregisseur).send(
            f"/besluiten/{escalation.pk}/intrekken/", {"reason": "Het is opgelost."}
        )

        assert (sent.status_code, sent.url) == (303, path_of(case))
        escalation.refresh_from_db()
        assert escalation.ending == "withdrawn"
        assert "Er wacht niets op je." in text_of(browser(world.manager).get("/"))

    def test_withdraws_without_a_name(self, world, browser, escalation, case):
        """Catches a reason with a name, which the next answerer reads, or that is lost."""
        reason = "Kwikstaart is opgenomen."

        page = browser(world.procesregisseur).send(
            f"/besluiten/{escalation.pk}/intrekken/", {"reason": reason}
        )

        assert page.status_code == 422
        assert 'In je tekst staat een naam of adres: "Kwikstaart".' in text_of(page)
        assert page.context["form"]["reason"].value() == reason
        # Who reads the dossier hears nothing new.
        assert not AuditEntry.objects.filter(verb="names.refused").exists()
        escalation.refresh_from_db()
        assert escalation.ended_at is None

    def test_only_who_steers_withdraws(self, world, browser, escalation):
        """Catches an answerer who makes a question go away."""
        page = browser(world.manager).send(f"/besluiten/{escalation.pk}/intrekken/")

        assert page.status_code == 403

    def test_takes_back_after_a_decision(self, world, browser, escalation, case):
        """Catches a bottleneck that stays up, and a manager who keeps reading."""
        answer(
            escalation, by=world.manager, at=AT, answer="decide", text="De ggz begint."
        )
        me = browser(world.procesregisseur)

        page = me.get(path_of(case))
        sent = me.send(
            f"/casussen/{case.reference}/knelpunt/1/terug/", {"to_level": "2"}
        )

        assert "Neem knelpunt 1 terug" in text_of(page)
        assert sent.status_code == 303
        assert bottleneck_of(case).level == 2
        gone = browser(world.manager).get(f"/besluiten/{escalation.pk}/")
        assert gone.status_code in (404, 409)
        assert "De ggz en de corporatie" not in text_of(gone)

    def test_goes_on_with_what_came_back(self, world, browser, escalation, case):
        """Catches work that only another question, or the end, could put away, while
        the answer was to do it oneself."""
        answer(
            escalation, by=world.manager, at=AT, answer="lower", text="Doe het zelf."
        )
        me, on = browser(world.procesregisseur), {"action": "go_on", "number": "1"}
        assert "Ga verder met knelpunt 1" in text_of(me.get("/"))
        page = text_of(me.get(path_of(case)))

        sent = me.send(path_of(case), on)

        assert "Hoe ga je verder met knelpunt 1?" in page
        assert sent.status_code == 303
        assert "Ga verder met knelpunt 1" not in text_of(me.get("/"))
        assert "Hoe ga je verder" not in text_of(me.get(path_of(case)))
        assert bottleneck_of(case).is_open
        assert me.send(path_of(case), on).status_code == 409
        for number in ("2", "x", "", "1" * 9):
            assert me.send(path_of(case), {**on, "number": number}).status_code == 404

    def test_goes_on_with_nothing_that_stands_higher(
        self, world, browser, escalation, case
    ):
        """Catches a decision that is put away, and a bottleneck that waits for nobody."""
        answer(
            escalation, by=world.manager, at=AT, answer="decide", text="Begin maandag."
        )
        me = browser(world.procesregisseur)

        page = text_of(me.get(path_of(case)))
        sent = me.send(path_of(case), {"action": "go_on", "number": "1"})

        assert "Hoe ga je verder" not in page
        assert sent.status_code == 409
        assert "Verwerk het besluit over knelpunt 1" in text_of(me.get("/"))

    @pytest.mark.parametrize("level", ["1", "4", "x", ""])
    def test_takes_back_to_no_strange_level(
        self, world, browser, escalation, case, level
    ):
        """Catches a bottleneck that goes up by taking it back."""
        answer(
            escalation, by=world.manager, at=AT, answer="decide", text="De ggz begint."
        )

        page = browser(world.procesregisseur).send(
            f"/casussen/{case.reference}/knelpunt/1/terug/", {"to_level": level}
        )

        assert page.status_code == 409
        assert bottleneck_of(case).level == 3

    def test_says_in_a_second_tab_where_it_is_now(
        self, world, browser, escalation, case
    ):
        """Catches "staat daar al" about a level at which it isn't."""
        answer(escalation, by=world.manager, at=AT, answer="higher", text="Doen.")
        by = escalation.answerer
        answer(escalation, by=by, at=AT, answer="decide", text="De ggz begint.")
        me = browser(world.procesregisseur)
        path = f"/casussen/{case.reference}/knelpunt/1/terug/"
        assert me.send(path, {"to_level": "2"}).status_code == 303

        page = me.send(path, {"to_level": "3"})

        assert page.status_code == 409
        assert "Knelpunt 1 staat nu op procesniveau." in text_of(page)
        assert f'href="/casussen/{case.reference}/"' in page.content.decode()
        assert bottleneck_of(case).level == 2
