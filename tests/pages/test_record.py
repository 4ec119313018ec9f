"""What somebody answered by telephone or in a meeting, written down by who asked."""

from __future__ import annotations

import pytest

from tests.pages.conftest import path_of, text_of


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.mark.usefixtures("running")
class TestRecord:
    FORM = {
        "answer": "decide",
        "text": "De ggz begint vrijdag.",
        "channel": "telephone",
        "said_on": "2026-11-23",
        "said_at": "09:30",
    }

    def test_counts_at_once_and_is_not_confirmed(
        self, world, browser, case, escalation
    ):
        """Catches a spoken decision that waits, or reads as if it was confirmed."""
        me = browser(world.procesregisseur)

        sent = me.send(
            path_of(escalation, "mondeling/"),
            {**self.FORM, "giver": str(world.manager.pk)},
        )

        assert (sent.status_code, sent.url) == (303, path_of(escalation))
        said = text_of(me.get(f"/casussen/{case.reference}/"))
        assert "Besluit van Marloes de Wit" in said
        assert "nog niet bevestigd" in said
        assert "Klopt dit?" in text_of(browser(world.manager).get("/"))

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"said_on": "2026-11-24"}, "Kies een moment dat al geweest is."),
            (
                {"said_on": "2026-11-22"},
                "Kies een dag vanaf ma 23 november: toen stelde je de vraag.",
            ),
            ({"said_on": "0001-01-01"}, "Kies een dag tussen 1900 en 2100."),
            ({"said_on": "9999-12-31"}, "Kies een dag tussen 1900 en 2100."),
            ({"said_at": "25:99"}, "Vul een tijd in, bijvoorbeeld 14:30."),
            ({"giver": "999"}, "Kies iets uit de lijst."),
        ],
    )
    def test_refuses_what_cannot_be(self, world, browser, escalation, change, error):
        """Catches an answer from tomorrow, from before the question, or from somebody
        who was not asked; and an error that does not say what to do."""
        form = {**self.FORM, "giver": str(world.manager.pk), **change}

        page = browser(world.procesregisseur).send(
            path_of(escalation, "mondeling/"), form
        )

        assert page.status_code == 422
        assert error in text_of(page)

    def test_says_that_the_decider_calls_it_wrong(
        self, world, browser, case, escalation
    ):
        """Catches a decision that reads as unconfirmed while the decider denies it."""
        me, manager = browser(world.procesregisseur), browser(world.manager)
        me.send(
            path_of(escalation, "mondeling/"),
            {**self.FORM, "giver": str(world.manager.pk)},
        )
        confirming = f"/klopt-dit/answer:{escalation.answers.get().pk}/"
        manager.send(confirming, {"right": "no", "reason": "Ik zei dinsdag."})

        for path in (f"/casussen/{case.reference}/", path_of(escalation)):
            said = text_of(me.get(path))
            assert "Klopt niet, zegt Marloes de Wit" in said
            assert "Ik zei dinsdag." in said
            assert "nog niet bevestigd" not in said
            assert "Dat is besproken" not in said

        me.send(confirming)
        manager.send(confirming, {"right": "yes"})

        for path in (f"/casussen/{case.reference}/", path_of(escalation)):
            said = text_of(me.get(path))
            assert "Klopt niet, zegt Marloes de Wit. Dat is besproken" in said

    def test_is_not_for_the_answerer(self, world, browser, escalation):
        """Catches somebody who writes down an answer for another without a case."""
        page = browser(world.manager).get(path_of(escalation, "mondeling/"))

        assert page.status_code == 403

    def test_is_not_offered_when_the_request_is_over(
        self, world, browser, case, escalation
    ):
        """Catches somebody who fills in a whole form that can't be sent any more."""
        me = browser(world.procesregisseur)
        form = {**self.FORM, "giver": str(world.manager.pk)}
        me.send(path_of(escalation, "mondeling/"), form)

        page = me.get(path_of(escalation, "mondeling/"))

        assert page.status_code == 409
        assert "Marloes de Wit antwoordde net voor je" in text_of(page)
