"""The page of a doorzettingsbesluit, and where everybody reads it."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from programme.models import Activity, OverrideDecision
from programme.transitions import close_period, post_progress
from tests.programme.conftest import PEOPLE, text_of
from tests.world import AT

ADDRESS = "/programma/OND-02/doorzetten/"
LINK = "Neem een doorzettingsbesluit"
SENT = {
    "text": "Twee mensen werken tot februari aan het beleid.",
    "mandate": "Collegebesluit mandaat veiligheid",
    "mandate_on": "2026-01-13",
    "ground": "De wet vraagt dit beleid.",
    "binding": "Team Vergunningen",
    "heard": "De manager Vergunningen vindt het krap.",
    "until_on": "2027-02-26",
}


@pytest.fixture
def failed(world, owned):
    post_progress(owned, status="not_done", reason="capacity", by=world.manager, at=AT)
    return owned


@pytest.fixture
def sent(failed):
    return {**SENT, "seen": failed.version, "submit_id": str(uuid.uuid4())}


class TestLink:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_is_there_for_an_aov_alone(self, world, failed, browser, who):
        page = text_of(browser(getattr(world, who)).get("/programma/OND-02/"))

        assert (LINK in page) == (who == "aov")

    def test_is_not_there_without_an_owner(self, world, bibob, browser):
        """Catches a link to a form that is refused whatever stands in it."""
        page = text_of(browser(world.aov).get("/programma/OND-02/"))

        assert "Voorbij de dag" in page
        assert LINK not in page

    def test_is_not_there_where_it_goes_well(self, world, owned, browser):
        post_progress(owned, status="achieved", by=world.manager, at=AT)

        assert LINK not in text_of(browser(world.aov).get("/programma/OND-02/"))

    def test_is_not_there_in_a_closed_period(self, world, programme, failed, browser):
        close_period(programme, by=world.aov, at=AT)

        assert LINK not in text_of(browser(world.aov).get("/programma/OND-02/"))


class TestForm:
    def test_is_shown_where_it_is_possible(self, world, failed, browser):
        response = browser(world.aov).get(ADDRESS)

        page = text_of(response)
        assert response.status_code == 200
        assert "Waarop berust je mandaat?" in page
        assert "geen besluit in de zin van de Awb" in page

    @pytest.mark.parametrize("who", [each for each in PEOPLE if each != "aov"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_for_the_aov_alone(self, world, failed, browser, who, method):
        response = getattr(browser(getattr(world, who)), method)(ADDRESS)

        assert response.status_code == 403

    def test_says_what_has_to_happen_first(self, world, programme, browser):
        """Catches a form that asks eight things of which nothing can come."""
        client = browser(world.aov)
        late = text_of(client.get(ADDRESS))
        well = text_of(client.get("/programma/ZV-02/doorzetten/"))

        assert "Wijs eerst een actiehouder aan." in late
        assert "Meld eerst hoe het gaat." in well
        assert "Waarop berust je mandaat?" not in late + well

    def test_of_an_activity_that_is_not_there(self, world, programme, browser):
        address = reverse("programme:override", args=["OND-99"])

        assert browser(world.aov).get(address).status_code == 404


class TestSend:
    def test_goes_back_to_the_activity(self, world, failed, sent, browser):
        response = browser(world.aov).post(ADDRESS, sent)

        assert (response.status_code, response["Location"]) == (
            303,
            "/programma/OND-02/",
        )
        assert OverrideDecision.objects.get().by == world.aov

    def test_does_it_once_for_a_double_click(self, world, sent, browser):
        client = browser(world.aov)

        first, second = client.post(ADDRESS, sent), client.post(ADDRESS, sent)

        assert (first.status_code, second.status_code) == (303, 303)
        assert OverrideDecision.objects.count() == 1

    def test_says_all_that_is_missing(self, world, failed, browser):
        response = browser(world.aov).post(ADDRESS, {"seen": failed.version})

        page = text_of(response)
        assert response.status_code == 422
        for said in (
            "Schrijf wat je besluit.",
            "Schrijf waarop je mandaat berust.",
            "Kies de dag van je mandaat.",
            "Schrijf op welke grond je doorzet, en waarom het niet kan wachten.",
            "Schrijf voor wie het geldt.",
            "Schrijf wie is gehoord, en wat zij vinden.",
            "Kies tot en met welke dag het geldt.",
        ):
            assert said in page

    def test_says_both_days_that_can_not_be(self, world, sent, browser):
        response = browser(world.aov).post(
            ADDRESS, sent | {"mandate_on": "2026-11-24", "until_on": "2026-11-23"}
        )

        page = text_of(response)
        assert response.status_code == 422
        assert "Kies de dag van je mandaat: vandaag of eerder." in page
        assert "Kies een dag na vandaag." in page

    def test_keeps_a_text_that_leads_to_somebody(self, world, sent, browser):
        """Catches eight answers that are lost for one address."""
        response = browser(world.aov).post(
            ADDRESS, sent | {"ground": "Overlast bij Veenmospad 15."}
        )

        page = text_of(response)
        assert response.status_code == 422
        assert "Overlast bij Veenmospad 15." in page
        assert SENT["heard"] in page
        assert re.search(r'id="id_ground_error".*?Veenmospad 15', page)
        assert not OverrideDecision.objects.exists()

    def test_keeps_the_text_of_a_stale_tab(self, world, failed, sent, browser):
        post_progress(failed, status="stalled", text="Wacht.", by=world.manager, at=AT)

        response = browser(world.aov).post(ADDRESS, sent)

        page = text_of(response)
        assert response.status_code == 409
        assert "Iemand anders heeft dit net veranderd" in page
        assert SENT["text"] in page
        assert f'name="seen" value="{failed.version}"' in page

    def test_keeps_the_text_where_it_goes_well_by_now(
        self, world, failed, sent, browser
    ):
        """Catches a refusal that takes away what was typed."""
        post_progress(failed, status="achieved", by=world.manager, at=AT)

        response = browser(world.aov).post(ADDRESS, sent | {"seen": failed.version})

        page = text_of(response)
        assert response.status_code == 409
        assert "Meld eerst hoe het gaat." in page
        assert SENT["text"] in page


class TestShown:
    @pytest.fixture
    def decided(self, world, sent, browser) -> Activity:
        browser(world.aov).post(ADDRESS, sent | {"formal_reference": "Z-26-0114"})
        return Activity.objects.get(overrides__isnull=False)

    @pytest.mark.parametrize("who", PEOPLE)
    def test_to_everybody(self, world, decided, browser, who):
        """Catches power that is used where nobody sees it."""
        page = text_of(browser(getattr(world, who)).get("/programma/OND-02/"))

        assert f"Doorzettingsbesluit van {world.aov.name} (AOV)." in page
        for word in (*SENT, "formal_reference"):
            assert word.endswith("_on") or SENT.get(word, "Z-26-0114") in page
        assert "Collegebesluit mandaat veiligheid, van di 13 januari" in page
        assert "vr 26 februari" in page
        assert "geldt niet meer" not in page
        assert "Een intern besluit, geen besluit in de zin van de Awb." in page

    def test_above_what_it_led_to(self, world, decided, browser):
        """Catches a timeline in which the end comes before the beginning."""
        page = text_of(browser(world.manager).get("/programma/OND-02/"))

        places = [
            page.index(said)
            for said in (
                "Doorzettingsbesluit van",
                "Gaat verder door een doorzettingsbesluit.",
                "Niet gelukt, meldt",
            )
        ]
        assert places == sorted(places)

    @pytest.mark.parametrize(("days", "is_over"), [(0, False), (1, True)])
    def test_as_over_the_day_after_its_last(
        self, world, decided, browser, days, is_over
    ):
        last = OverrideDecision.objects.get().until_on
        with time_machine.travel(last + timedelta(days=days)):
            page = text_of(browser(world.manager).get("/programma/OND-02/"))

        assert ("(geldt niet meer)" in page) == is_over
