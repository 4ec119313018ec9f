"""Wie bel je nu: reached from spoed, and only about what one may know of."""

from __future__ import annotations

from tests.pages.conftest import queries_of, shows_nobody, text_of
from tests.world import asked, opened, with_canaries

QUERIES = 10


def spoed(world):
    return asked(world, with_canaries(world, opened(world)), urgent=True)


class TestCall:
    def test_is_reached_from_spoed_and_names_no_inhabitant(self, world, browser):
        """Catches a page that nobody finds at night, or that tells of the household."""
        request = spoed(world)
        me = browser(world.manager)

        assert 'href="/wie-bel-je-nu/"' in me.get("/").content.decode()
        page = me.get("/wie-bel-je-nu/")
        said = text_of(page)
        assert "Gevaar nu? Bel eerst 112." in said
        assert "Piket: 0101234567" in said
        assert "Marloes de Wit: 0101234567 (is nu aan zet)" in said
        assert "Over 24 uur" in said
        assert request.case.reference in said
        assert shows_nobody(page)

    def test_says_nothing_of_what_one_may_not_know(self, world, browser):
        request = spoed(world)

        said = text_of(browser(world.other_manager).get("/wie-bel-je-nu/"))

        assert request.case.reference not in said
        assert "Er loopt nu geen spoed" in said

    def test_is_not_offered_without_spoed(self, world, browser):
        asked(world, opened(world))

        assert "/wie-bel-je-nu/" not in browser(world.manager).get("/").content.decode()

    def test_costs_as_little_as_any_list(self, world, browser):
        spoed(world)

        assert queries_of(browser(world.manager), "/wie-bel-je-nu/") <= QUERIES
