"""The pages of the programme: what stands there, for whom, and what they refuse."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.models import Activity, ActivityParty, ProgressUpdate
from programme.transitions import answer_signal, assign_owner, close_period
from tests.world import AT

PEOPLE = (
    "procesregisseur",
    "casusregisseur",
    "officer",
    "manager",
    "burgemeester",
    "aov",
    "beleidsmedewerker",
    "privacy_officer",
    "fg",
    "beheerder",
)
SIGNAL_READERS = {"procesregisseur", "aov", "beleidsmedewerker"}


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def owned(world, bibob):
    return assign_owner(bibob, owner=world.manager, by=world.aov, at=AT)


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


class TestPeriod:
    address = "/programma/periode/"

    def test_closes_and_opens_again(self, world, programme, browser):
        client = browser(world.aov)

        client.post(self.address, {"act": "close", "seen": 1})
        closed = text_of(client.get("/programma/"))
        client.post(self.address, {"act": "reopen", "seen": 2})
        reopened = text_of(client.get("/programma/"))

        assert "Deze periode is gesloten." in closed
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
