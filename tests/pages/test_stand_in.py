"""What a deputy finds while somebody is away, and no longer once she is back."""

from __future__ import annotations

import pytest

from casework.cases.absence import end_absence, start_absence
from casework.people.models import Absence
from tests.pages.conftest import text_of
from tests.world import AT, opened, referred


def menu_of(page) -> list[str]:
    return [place.label for place in page.context["nav"]]


@pytest.fixture
def absence(world) -> Absence:
    return start_absence(world.procesregisseur, by=world.aov, at=AT, reason="Ziek")


class TestMenu:
    def test_leads_to_the_cases_during_an_absence_alone(self, world, browser) -> None:
        """Catches a deputy with cases and no way to them or to a search."""
        deputy = browser(world.aov)
        assert "Casussen" not in menu_of(deputy.get("/"))

        absence = start_absence(
            world.procesregisseur, by=world.aov, at=AT, reason="Ziek"
        )
        page = deputy.get("/")
        assert "Casussen" in menu_of(page)
        assert page.context["may_search"]
        assert page.context["has_cases"]

        end_absence(absence, by=world.procesregisseur, at=AT)
        assert "Casussen" not in menu_of(deputy.get("/"))

    def test_leads_to_what_is_to_be_decided(self, world, browser) -> None:
        """Catches a deputy of a burgemeester who must find it in a mail."""
        world.burgemeester.deputy = world.aov
        world.burgemeester.save(update_fields=["deputy"])
        start_absence(world.burgemeester, by=world.aov, at=AT, reason="Vakantie")

        assert "Besluiten" in menu_of(browser(world.aov).get("/"))

    def test_has_nothing_more_than_he_may_open(self, world, browser, absence) -> None:
        """Catches a place in the menu that gives 403, such as those of a role."""
        world.fg.deputy = world.casusregisseur
        world.fg.save(update_fields=["deputy"])
        start_absence(world.fg, by=world.fg, at=AT, reason="")
        for deputy in (world.aov, world.casusregisseur):
            client = browser(deputy)
            for place in client.get("/").context["nav"]:
                assert client.get(place.url).status_code == 200

    def test_of_a_page_of_a_library_is_the_same(self, world, browser, absence) -> None:
        """Catches a menu that changes on the pages of logging in."""
        deputy = browser(world.aov)

        assert menu_of(deputy.get("/inloggen/tweede-stap/")) == menu_of(deputy.get("/"))


def test_a_referral_says_by_whom_and_until_when(world, browser, absence) -> None:
    """Catches a right without a reason: whose desk it is, and when it stops."""
    case = referred(world)

    said = text_of(browser(world.aov).get(f"/casussen/{case.reference}/partijen/"))

    assert "Je neemt waar voor Fatima El Amrani, van bureau Procesregie." in said
    assert "Dit stopt als Fatima El Amrani terug is." in said


def test_a_list_shows_the_cases_of_who_is_away(world, browser, absence) -> None:
    """Catches a list that is of members alone."""
    running, fresh = opened(world), referred(world)

    said = text_of(browser(world.aov).get("/casussen/"))

    assert running.reference in said
    assert fresh.reference in said
