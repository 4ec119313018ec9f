"""The list of cases: whose are on it, what a search finds, and where its words go."""

from __future__ import annotations

import pytest

from casework.audit.models import AuditEntry
from casework.keys.searching import UNREADABLE, seal
from tests.pages.conftest import MONSTROUS, many_cases, queries_of, text_of
from tests.world import opened, referred

LIST_QUERIES = 6
SEARCH_QUERIES = 7


def searched(client, words):
    """Search as the box at the top of each page does."""
    return client.post("/casussen/", {"q": words}, follow=True)


class TestList:
    def test_shows_only_ones_own(self, world, browser):
        """Catches a list that is wider than the grants."""
        case = opened(world)

        assert case.reference in text_of(
            browser(world.procesregisseur).get("/casussen/")
        )
        for other in (world.manager, world.aov, world.officer, world.beheerder):
            said = text_of(browser(other).get("/casussen/"))
            assert case.reference not in said
            assert "Je hoort nog bij geen casus" in said

    @pytest.mark.parametrize(
        ("who", "refers", "leads"),
        [
            ("procesregisseur", True, True),
            ("aov", True, False),
            ("officer", True, False),
            ("manager", False, False),
            ("burgemeester", False, False),
            ("beheerder", False, False),
        ],
    )
    def test_leads_only_where_one_may_go(self, world, browser, who, refers, leads):
        """Catches a button that ends in a refusal, and a promise that never comes true."""
        me = browser(getattr(world, who))

        page = me.get("/casussen/").content.decode()

        assert ('href="/casussen/melden/"' in page) is refers
        assert me.get("/casussen/melden/").status_code == (200 if refers else 403)
        assert ("Zodra je meedoet in een casus, staat die hier." in page) is leads
        assert ("Jouw taken en vragen staan bij Mijn werk." in page) is not leads

    def test_shows_the_desk_what_is_to_be_assessed(self, world, browser):
        """Catches a referral with a level before it was assessed."""
        case = referred(world)

        said = text_of(browser(world.other_procesregisseur).get("/casussen/"))

        assert case.reference in said
        assert "nog geen niveau" in said

    def test_finds_by_reference_kind_and_party(self, world, browser):
        """Catches a search that misses one of its three, or finds outside the grants."""
        case = opened(world)
        me = browser(world.procesregisseur)
        for words in (case.reference, "overlast", "zuider woonov"):
            assert case.reference in text_of(searched(me, words)), words

        stranger = searched(browser(world.manager), case.reference)
        assert f", {case.reference}" not in text_of(stranger)

    def test_shows_nothing_when_no_key_hides_the_words(self, world, browser, settings):
        """Catches a master key that was taken away too early, and breaks the page."""
        me = browser(world.procesregisseur)
        assert searched(me, "Kwikstaart").status_code == 200
        settings.DATA_KEYS = [bytes(range(1, 33))]

        page = searched(me, "Kwikstaart")

        assert page.status_code == 503
        assert "De toegang kon niet worden vastgelegd" in page.content.decode()

    def test_logs_each_search_with_hidden_words(self, world, browser):
        """Catches a search that nobody can trace, or a name in the log."""
        page = searched(browser(world.procesregisseur), "Kwikstaart")

        entry = AuditEntry.objects.get(verb="search.done")
        assert entry.by == world.procesregisseur
        assert b"Kwikstaart" not in bytes(entry.query)
        assert 'value="Kwikstaart"' in page.content.decode()

    def test_says_the_words_in_no_address(self, world, browser):
        """Catches a name in the history of a browser, and an address that tells it on."""
        page = browser(world.procesregisseur).post("/casussen/", {"q": "Kwikstaart"})

        assert page.status_code == 302
        assert "Kwikstaart" not in page.url
        for stranger in (world.other_procesregisseur, world.manager):
            other = browser(stranger).get(page.url)
            assert other.status_code == 422
            assert UNREADABLE in text_of(other)
            assert "Kwikstaart" not in other.content.decode()

    def test_an_old_address_opens_with_the_key_before(self, world, browser, settings):
        """Catches a search that ends when the beheerder changes the key."""
        me = browser(world.procesregisseur)
        address = me.post("/casussen/", {"q": "Kwikstaart"}).url
        settings.DATA_KEYS = [bytes(range(1, 33)), *settings.DATA_KEYS]

        assert me.get(address).context["searched"] == "Kwikstaart"

    @pytest.mark.parametrize(
        ("asked_for", "error"),
        [
            ("q=jeugd", UNREADABLE),
            (f"q={MONSTROUS[:3000]}", UNREADABLE),
            ("q=a%00bcd", UNREADABLE),
            ("na=-1", "Deze pagina is er niet. Ga terug naar pagina 1."),
            ("na=2026-11-31_4", "Deze pagina is er niet."),
            ("na=2026-11-30_99999999999999999999", "Deze pagina is er niet."),
            ("niveau=9", "Kies iets uit de lijst."),
            ("status=weg", "Kies iets uit de lijst."),
        ],
    )
    def test_refuses_what_cannot_be_asked(self, world, browser, asked_for, error):
        """Catches a question that gives 500 or the whole list."""
        page = browser(world.procesregisseur).get(f"/casussen/?{asked_for}")

        assert page.status_code == 422
        assert error in text_of(page)

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            ("ab", "Typ minstens 3 letters om te zoeken."),
            (MONSTROUS[:3000], "Dit is te lang."),
            ("a\0bcd", "Er staat een teken in"),
        ],
    )
    def test_refuses_words_and_keeps_them(self, world, browser, words, error):
        """Catches words that go into an address before anybody looked at them."""
        page = browser(world.procesregisseur).post("/casussen/", {"q": words})

        assert page.status_code == 422
        assert error in text_of(page)
        assert page.context["form"]["q"].value() == words

    @pytest.mark.parametrize("narrowed", ["", "?niveau=2"])
    def test_goes_on_page_after_page(self, world, browser, narrowed):
        """Catches a page that skips or repeats cases between two pages."""
        made = many_cases(world, 60)
        me, path, seen = browser(world.procesregisseur), f"/casussen/{narrowed}", []
        while path:
            page = me.get(path)
            seen += [case.pk for case in page.context["cases"]]
            path = page.context["next_url"]

        assert sorted(seen) == [case.pk for case in made]

    def test_costs_the_same_at_ten_times_the_cases(self, world, browser):
        """Catches a query per row."""
        me = browser(world.procesregisseur)
        many_cases(world, 40)
        few = queries_of(me, "/casussen/")
        search = f"/casussen/?q={seal('jeugd', reader=world.procesregisseur.pk)}"
        found = queries_of(me, search)
        many_cases(world, 360)

        assert queries_of(me, "/casussen/") == few == LIST_QUERIES
        assert queries_of(me, search) == found == SEARCH_QUERIES
