"""The page of one activity: its owner, and how it goes."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.models import ProgressUpdate
from programme.transitions import close_period
from tests.programme.conftest import PEOPLE, text_of
from tests.world import AT


class TestShowActivity:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_is_for_everybody(self, world, bibob, browser, who):
        response = browser(getattr(world, who)).get("/programma/OND-02/")

        page = text_of(response)
        assert response.status_code == 200
        assert "Bibob-beleid en implementatie" in page
        assert ("Wijs een actiehouder aan" in page) == (who == "aov")
        assert ("Meld voortgang" in page) == (who == "aov")

    def test_says_what_is_missing_and_what_it_waits_for(self, world, bibob, browser):
        page = text_of(browser(world.manager).get("/programma/OND-02/"))

        assert "Nog geen actiehouder" in page
        assert "Extra capaciteit ondermijning" in page
        assert "Voorbij de dag" in page

    def test_says_so_when_the_source_names_no_day(self, world, programme, browser):
        page = text_of(browser(world.manager).get("/programma/ZV-02/"))

        assert "De bron noemt geen dag" in page
        assert "vanaf begin 2025" in text_of(
            browser(world.manager).get("/programma/ZV-01/")
        )

    def test_offers_its_owner_the_form(self, world, owned, browser):
        page = text_of(browser(world.manager).get("/programma/OND-02/"))

        assert "Hoe gaat het?" in page
        assert "Wijs een" not in page

    @pytest.mark.parametrize("code", ["OND-99", "bestaat-niet", "x" * 300])
    def test_does_not_know_another_code(self, world, programme, browser, code):
        assert browser(world.aov).get(f"/programma/{code}/").status_code == 404

    def test_takes_as_many_queries_with_a_long_history(self, world, owned, browser):
        client = browser(world.aov)
        client.get("/programma/OND-02/")
        with CaptureQueriesContext(connection) as short:
            client.get("/programma/OND-02/")
        ProgressUpdate.objects.bulk_create(
            ProgressUpdate(activity=owned, by=world.manager, at=AT, status="running")
            for _ in range(200)
        )

        with CaptureQueriesContext(connection) as long:
            client.get("/programma/OND-02/")

        assert len(long) == len(short) <= 12


class TestAssign:
    address = "/programma/OND-02/actiehouder/"

    def test_goes_back_to_the_activity(self, world, bibob, browser):
        response = browser(world.aov).post(
            self.address, {"owner": world.manager.pk, "seen": 1}
        )

        assert response.status_code == 303
        assert response["Location"] == "/programma/OND-02/"
        bibob.refresh_from_db()
        assert bibob.owner == world.manager

    @pytest.mark.parametrize("who", [each for each in PEOPLE if each != "aov"])
    def test_is_for_the_aov_alone(self, world, bibob, browser, who):
        response = browser(getattr(world, who)).post(
            self.address, {"owner": world.manager.pk}
        )

        assert response.status_code == 403
        assert "adviseur openbare orde en veiligheid" in text_of(response)

    @pytest.mark.parametrize(
        "owner", ["", "999999", "-1", "abc", "\x00", "9" * 100_000]
    )
    def test_refuses_who_has_no_account(self, world, bibob, browser, owner):
        response = browser(world.aov).post(self.address, {"owner": owner})

        assert response.status_code == 422
        assert (
            "Kies een actiehouder die hier een account heeft. "
            "Staat die er niet bij? Vraag de beheerder." in text_of(response)
        )

    def test_refuses_a_stale_form_and_keeps_the_choice(self, world, owned, browser):
        """Catches a second AOV who overwrites the first without knowing."""
        client = browser(world.aov)

        response = client.post(self.address, {"owner": world.fg.pk, "seen": 1})

        page = text_of(response)
        assert response.status_code == 409
        assert "Iemand anders heeft dit net veranderd" in page
        assert f'value="{world.fg.pk}" selected' in page
        assert 'name="seen" value="2"' in page
        owned.refresh_from_db()
        assert owned.owner == world.manager

    def test_does_it_once_for_a_double_click(self, world, bibob, browser):
        client = browser(world.aov)
        sent = {
            "owner": world.manager.pk,
            "seen": 1,
            "submit_id": str(uuid.uuid4()),
        }

        first = client.post(self.address, sent)
        second = client.post(self.address, sent)

        assert (first.status_code, second.status_code) == (303, 303)
        assert bibob.owners.count() == 1

    def test_is_no_page_to_read(self, world, bibob, browser):
        assert browser(world.aov).get(self.address).status_code == 405


class TestProgress:
    address = "/programma/OND-02/voortgang/"

    def test_shows_what_the_owner_told(self, world, owned, browser):
        client = browser(world.manager)

        response = client.post(
            self.address, {"status": "not_done", "reason": "capacity", "seen": 2}
        )

        assert response.status_code == 303
        page = text_of(client.get("/programma/OND-02/"))
        assert "Niet gelukt, meldt Marloes de Wit." in page
        assert "Reden: te weinig mensen." in page
        assert "Wacht op voorstel" in page

    def test_asks_for_a_reason_and_keeps_what_was_typed(self, world, owned, browser):
        response = browser(world.manager).post(
            self.address, {"status": "partly", "seen": 2}
        )

        page = text_of(response)
        assert response.status_code == 422
        assert "Schrijf waarom het niet lukte. Kies een reden of leg het uit." in page
        assert 'value="partly"' in page
        assert re.search(r'value="partly"[^>]*checked', page)

    def test_keeps_the_text_of_a_stale_form(self, world, owned, browser):
        response = browser(world.manager).post(
            self.address,
            {"status": "running", "text": "Bijna klaar.", "seen": 1},
        )

        assert response.status_code == 409
        assert "Bijna klaar." in text_of(response)
        assert not ProgressUpdate.objects.exists()

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("x" * 100_000, "Dit is te lang. Gebruik hoogstens 4000 tekens."),
            ("a\x00b", "Er staat een teken in dat we niet kunnen bewaren."),
        ],
    )
    def test_refuses_text_that_it_can_not_keep(self, world, owned, browser, text, says):
        response = browser(world.manager).post(
            self.address, {"status": "running", "text": text, "seen": 2}
        )

        assert response.status_code == 422
        assert says in text_of(response)

    def test_refuses_a_choice_that_is_not_there(self, world, owned, browser):
        response = browser(world.manager).post(
            self.address, {"status": "\x00", "reason": "because", "seen": "zes"}
        )

        assert response.status_code == 422

    @pytest.mark.parametrize(
        "who", [each for each in PEOPLE if each not in ("aov", "manager")]
    )
    def test_is_for_the_owner_and_the_aov(self, world, owned, browser, who):
        response = browser(getattr(world, who)).post(
            self.address, {"status": "running"}
        )

        assert response.status_code == 403

    def test_says_that_the_period_is_closed(self, world, programme, owned, browser):
        close_period(programme, by=world.aov, at=AT)

        response = browser(world.manager).post(
            self.address, {"status": "running", "text": "Te laat."}
        )

        assert response.status_code == 409
        assert "Deze periode is gesloten." in text_of(response)
        assert "Te laat." in text_of(response)
