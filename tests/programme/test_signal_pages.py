"""The pages of the signals to who makes policy, for sender and receiver."""

import uuid

import pytest
from django.urls import reverse

from casework.cases.absence import end_absence, set_deputy, start_absence
from programme.transitions import answer_signal
from tests.programme.conftest import PEOPLE, text_of
from tests.world import AT

SIGNAL_READERS = {"procesregisseur", "aov", "beleidsmedewerker"}


class TestShowSignals:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_is_for_who_sends_or_receives(self, world, signal, browser, who):
        response = browser(getattr(world, who)).get("/beleidssignalen/")

        assert response.status_code == (200 if who in SIGNAL_READERS else 403)

    @pytest.mark.parametrize("who", ["beleidsmedewerker", "aov"])
    def test_shows_the_receiver_no_sender_and_no_number(
        self, world, signal, browser, who
    ):
        """Catches a receiver who can ask the sender which case it was."""
        page = text_of(browser(getattr(world, who)).get("/beleidssignalen/"))

        assert "Geen plek" in page
        assert "Komt vaker voor, mei tot november" in page
        assert "Fatima" not in page
        assert "procesregisseur" not in page.lower()

    def test_shows_the_sender_his_own_only(self, world, signal, browser):
        mine = browser(world.procesregisseur).get("/beleidssignalen/")
        others = browser(world.other_procesregisseur).get("/beleidssignalen/")

        assert "Geen plek" in text_of(mine)
        assert "Geen plek" not in text_of(others)

    @pytest.mark.parametrize("page", ["-1", "0", "x", "9" * 30])
    def test_answers_a_page_that_is_not_there(self, world, signal, browser, page):
        response = browser(world.aov).get(f"/beleidssignalen/?pagina={page}")

        assert response.status_code == 422
        assert "Deze pagina is er niet." in text_of(response)


class TestShowSignal:
    def address(self, signal):
        return reverse("programme:signal", args=[signal.pk])

    def test_takes_the_answer_and_shows_it_to_the_sender(self, world, signal, browser):
        response = browser(world.beleidsmedewerker).post(
            self.address(signal), {"answer": "Er komen plekken bij."}
        )

        assert response.status_code == 303
        page = text_of(browser(world.procesregisseur).get(self.address(signal)))
        assert "Er komen plekken bij." in page
        assert "Gelezen" in page

    def test_lets_the_sender_say_that_he_read_it(self, world, signal, browser):
        answer_signal(signal, answer="Ja.", by=world.beleidsmedewerker, at=AT)
        client = browser(world.procesregisseur)

        response = client.post(reverse("programme:read", args=[signal.pk]))

        assert response.status_code == 303
        assert "Gelezen" not in text_of(client.get(self.address(signal)))

    def test_takes_the_answer_of_who_stands_in(self, world, signal, browser):
        """Catches work on the list of a deputy whose own role does not open it."""
        away, deputy = world.beleidsmedewerker, world.manager
        set_deputy(away, by=away, at=AT, deputy=deputy)
        absence = start_absence(away, by=away, at=AT, reason="Vakantie")
        page = browser(deputy)

        assert 'href="/beleidssignalen/"' in page.get("/").content.decode()
        assert "Geen plek" in text_of(page.get("/beleidssignalen/"))
        assert "Geef antwoord" in text_of(page.get(self.address(signal)))
        page.post(self.address(signal), {"answer": "Er komen plekken bij."})
        end_absence(absence, by=away, at=AT)

        signal.refresh_from_db()
        assert signal.answered_by == deputy
        assert page.get(self.address(signal)).status_code == 403

    def test_lets_who_stands_in_read_the_answer(self, world, signal, browser):
        """Catches an answer that waits to be read by who can't open it."""
        answer_signal(signal, answer="Ja.", by=world.beleidsmedewerker, at=AT)
        away, deputy = world.procesregisseur, world.manager
        set_deputy(away, by=away, at=AT, deputy=deputy)
        start_absence(away, by=away, at=AT, reason="Vakantie")
        page = browser(deputy)

        assert "Gelezen" in text_of(page.get(self.address(signal)))
        page.post(reverse("programme:read", args=[signal.pk]))

        signal.refresh_from_db()
        assert signal.read_at is not None

    def test_takes_no_answer_of_who_sent_it_and_stands_in(self, world, signal, browser):
        """Catches a procesregisseur who answers what she asked herself."""
        away, sender = world.beleidsmedewerker, world.procesregisseur
        set_deputy(away, by=away, at=AT, deputy=sender)
        start_absence(away, by=away, at=AT, reason="Vakantie")

        sent = browser(sender).post(self.address(signal), {"answer": "Ja, hoor."})

        assert sent.status_code == 403
        signal.refresh_from_db()
        assert not signal.is_answered

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("beleidsmedewerker", 200),
            ("aov", 200),
            ("procesregisseur", 200),
            ("other_procesregisseur", 404),
            ("manager", 403),
            ("fg", 403),
        ],
    )
    def test_is_for_who_sent_or_receives_it(self, world, signal, browser, who, status):
        response = browser(getattr(world, who)).get(self.address(signal))

        assert response.status_code == status

    @pytest.mark.parametrize("who", ["aov", "procesregisseur"])
    def test_takes_no_answer_from_another(self, world, signal, browser, who):
        response = browser(getattr(world, who)).post(
            self.address(signal), {"answer": "Ik vind van niet."}
        )

        assert response.status_code == 403

    @pytest.mark.parametrize("answer", ["", "   ", "a\x00b", "x" * 100_000])
    def test_refuses_no_answer(self, world, signal, browser, answer):
        response = browser(world.beleidsmedewerker).post(
            self.address(signal), {"answer": answer}
        )

        assert response.status_code == 422

    def test_keeps_the_text_when_a_colleague_was_first(self, world, signal, browser):
        answer_signal(signal, answer="Ja.", by=world.beleidsmedewerker, at=AT)

        response = browser(world.beleidsmedewerker).post(
            self.address(signal), {"answer": "Nee, want."}
        )

        page = text_of(response)
        assert response.status_code == 409
        assert "Een collega heeft dit signaal al beantwoord." in page
        assert "Nee, want." in page

    def test_does_it_once_for_a_double_click(self, world, signal, browser):
        client = browser(world.beleidsmedewerker)
        sent = {"answer": "Ja.", "submit_id": str(uuid.uuid4())}

        statuses = [
            client.post(self.address(signal), sent).status_code for _ in range(2)
        ]

        assert statuses == [303, 303]

    @pytest.mark.parametrize("pk", ["0", "999999", "9" * 30])
    def test_does_not_know_another(self, world, signal, browser, pk):
        response = browser(world.aov).get(f"/beleidssignalen/{pk}/")

        assert response.status_code == 404
