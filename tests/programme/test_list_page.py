"""The list of the programme: what was agreed, what is missing, and its period."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.models import Activity, ActivityParty
from tests.programme.conftest import PEOPLE, text_of


@pytest.fixture
def many(programme):
    """The same programme with 400 activities."""
    first = Activity.objects.order_by("pk").first()
    rows = Activity.objects.bulk_create(
        Activity(
            programme=programme,
            theme=first.theme,
            code=f"X-{number}",
            title=f"Activiteit {number}",
            approach="Doen.",
            success_criterion="Gedaan.",
            funding="bestaand_beleid",
        )
        for number in range(380)
    )
    ActivityParty.objects.bulk_create(
        ActivityParty(activity=row, number=1, name_in_source="Politie", name="Politie")
        for row in rows
    )


class TestShowList:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_is_for_everybody(self, world, programme, browser, who):
        response = browser(getattr(world, who)).get("/programma/")

        assert response.status_code == 200

    def test_needs_a_login(self, client, programme):
        assert client.get("/programma/").status_code == 302

    def test_says_what_was_agreed_and_who_is_missing(self, world, programme, browser):
        """Catches owners that the source lacks but the page does not show as missing."""
        page = text_of(browser(world.aov).get("/programma/"))

        assert "Wat hebben we afgesproken voor veiligheid?" in page
        assert (
            "Hier staan geen personen of casussen. "
            "20 van de 20 activiteiten hebben nog geen actiehouder." in page
        )
        assert page.count("Nog niemand") == 20
        for activity in Activity.objects.all():
            assert f"/programma/{activity.code}/" in page

    def test_lets_the_number_without_owner_sink(self, world, owned, browser):
        page = text_of(browser(world.aov).get("/programma/"))

        assert "19 van de 20 activiteiten" in page
        assert page.count("Nog niemand") == 19
        assert "Marloes de Wit" in page

    def test_says_where_it_comes_from(self, world, programme, browser):
        page = text_of(browser(world.aov).get("/programma/"))

        assert (
            "Voorbeeld: het uitvoeringsprogramma van de gemeente Tynaarlo 2024-2025, "
            "in eigen woorden samengevat" in page
        )

    def test_says_what_was_and_was_not_achieved(self, world, programme, browser):
        page = text_of(browser(world.aov).get("/programma/"))

        assert "Buurtbemiddeling opgestart en in werking" in page
        assert "Interventieplan woonoverlast" in page
        assert "Komt niet terug in deze periode" in page

    def test_shows_one_theme(self, world, programme, browser):
        page = text_of(browser(world.aov).get("/programma/?thema=ondermijning"))

        assert "OND-02" in page
        assert "INC-01" not in page

    def test_shows_what_is_past_its_day(self, world, programme, browser):
        page = text_of(browser(world.aov).get("/programma/?stand=te-laat"))

        assert "OND-02" in page
        assert "ZV-02" not in page

    def test_shows_what_nobody_owns(self, world, owned, browser):
        page = text_of(browser(world.aov).get("/programma/?stand=zonder-actiehouder"))

        assert "OND-01" in page
        assert "OND-02</span>" not in page

    def test_says_so_when_nothing_is_found(self, world, programme, browser):
        page = text_of(browser(world.aov).get("/programma/?stand=achieved"))

        assert "Geen activiteiten gevonden" in page

    @pytest.mark.parametrize(
        ("query", "says"),
        [
            ("pagina=-1", "Deze pagina is er niet. Ga terug naar pagina 1."),
            ("pagina=drie", "Deze pagina is er niet. Ga terug naar pagina 1."),
            ("pagina=" + "9" * 40, "Deze pagina is er niet. Ga terug naar pagina 1."),
            ("thema=bestaat-niet", "Kies iets uit de lijst."),
            ("stand=%00", "Kies iets uit de lijst."),
            ("uiterlijk=2026-11-31", "31 november bestaat niet."),
            ("uiterlijk=31-11-2026", "31 november bestaat niet."),
            ("thema=" + "x" * 5000, "Kies iets uit de lijst."),
        ],
    )
    def test_answers_nonsense_in_dutch(self, world, programme, browser, query, says):
        """Catches a 500, or a refusal that nobody understands."""
        response = browser(world.aov).get(f"/programma/?{query}")

        assert response.status_code == 422
        assert says in text_of(response)

    def test_shows_an_empty_page_beyond_the_last(self, world, programme, browser):
        response = browser(world.aov).get("/programma/?pagina=40")

        assert response.status_code == 200
        assert "Geen activiteiten gevonden" in text_of(response)

    def test_has_a_second_page_that_keeps_the_filter(self, world, many, browser):
        address = "/programma/?thema=zorg-en-veiligheid"

        page = browser(world.aov).get(address).content.decode()

        assert "?thema=zorg-en-veiligheid&amp;pagina=2" in page

    @pytest.mark.parametrize("who", ["aov", "officer"])
    def test_takes_as_many_queries_for_400_activities(
        self, world, programme, browser, request, who
    ):
        """Catches a query per row."""
        client = browser(getattr(world, who))
        client.get("/programma/")
        with CaptureQueriesContext(connection) as few:
            client.get("/programma/")
        request.getfixturevalue("many")

        with CaptureQueriesContext(connection) as lots:
            client.get("/programma/")

        assert len(lots) == len(few) <= 10


class TestPeriod:
    address = "/programma/periode/"

    def test_closes_and_opens_again(self, world, programme, browser):
        client = browser(world.aov)

        client.post(self.address, {"act": "close", "seen": 1})
        closed = text_of(client.get("/programma/"))
        client.post(self.address, {"act": "reopen", "seen": 2})
        reopened = text_of(client.get("/programma/"))

        assert "Deze periode is gesloten. Je kunt hier alleen nog lezen." in closed
        assert "Deze periode is gesloten." not in reopened

    def test_shows_what_happens_before_it_happens(self, world, programme, browser):
        assert "Is deze periode klaar?" in text_of(browser(world.aov).get(self.address))

    @pytest.mark.parametrize("who", [each for each in PEOPLE if each != "aov"])
    def test_is_for_the_aov_alone(self, world, programme, browser, who):
        assert browser(getattr(world, who)).get(self.address).status_code == 403

    @pytest.mark.parametrize("act", ["", "burn", "\x00"])
    def test_refuses_another_act(self, world, programme, browser, act):
        response = browser(world.aov).post(self.address, {"act": act})

        assert response.status_code == 422
