"""The page on which somebody gets the address of his calendar."""

from __future__ import annotations

import re

from casework.audit.models import AuditEntry
from tests.pages.conftest import text_of

ADDRESS = re.compile(r'value="\S+?(/agenda/[\w-]{43}\.ics)"')


class TestAgenda:
    def test_shows_an_address_once_that_works_until_it_is_ended(self, world, browser):
        """Catches an address that stays on the page, or that outlives its end."""
        me = browser(world.manager)
        assert "Je hebt nog geen adres" in text_of(me.get("/agenda/"))

        made = me.send("/agenda/", {"doe": "maak"})
        address = ADDRESS.search(made.content.decode())[1]

        assert made.status_code == 200
        assert "Je ziet dit adres maar één keer." in text_of(made)
        assert not ADDRESS.search(me.get("/agenda/").content.decode())
        assert me.get(address).status_code == 200
        ended = me.send("/agenda/", {"doe": "stop"})
        assert (ended.status_code, ended.url) == (303, "/agenda/")
        assert me.get(address).status_code == 404
        verbs = AuditEntry.objects.filter(verb__startswith="calendar.")
        assert sorted(verbs.values_list("verb", flat=True)) == [
            "calendar.made",
            "calendar.read",
            "calendar.revoked",
        ]

    def test_says_what_a_stranger_would_see(self, world, browser):
        said = text_of(browser(world.manager).get("/agenda/"))

        assert "zonder inloggen de soort, het kenmerk en de dag" in said
        assert "Namen en wat er speelt staan er niet in." in said

    def test_refuses_what_it_does_not_know(self, world, browser):
        sent = browser(world.manager).send("/agenda/", {"doe": "alles"})

        assert sent.status_code == 422
