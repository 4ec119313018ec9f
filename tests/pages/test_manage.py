"""The page of the beheerder: who works where, and which terms hold."""

from __future__ import annotations

from datetime import date

import pytest

from casework.people.models import Membership
from casework.people.transitions import leave_desk
from tests.pages.conftest import text_of


def row_of(text: str, label: str, *, words: int) -> str:
    """The words in a row of a table that follow its first cell."""
    return " ".join(text[text.index(label) + len(label) :].split()[:words])


class TestManage:
    def test_says_who_works_where_and_who_stands_in(self, world, browser):
        """Catches a place that is over, and a deputy that nobody can look up."""
        world.manager.deputy = world.other_manager
        world.manager.save()
        Membership.objects.filter(user=world.burgemeester).update(
            until_on=date(2026, 11, 1)
        )

        said = text_of(browser(world.beheerder).get("/beheer/"))

        desk = world.manager.memberships.get()
        where = f"{desk.desk.name}, {desk.desk.organisation.short_name}"
        told = row_of(said, world.manager.name, words=40)
        assert told.startswith(f"{where} {desk.get_role_display()}")
        assert world.other_manager.name in told
        assert world.burgemeester.name not in said

    def test_says_which_procesregisseur_needs_a_deputy(self, world, browser):
        """Catches a beheerder who is asked for a deputy, and reads nowhere of whom."""
        # Of the two one has a deputy, who leaves his last desk.
        page = browser(world.beheerder)
        alone = world.other_procesregisseur.name
        before = text_of(page.get("/beheer/"))
        leave_desk(world.deputy.memberships.get(), on=date(2026, 11, 1))

        after = text_of(page.get("/beheer/"))

        missing = "Er is geen vervanger voor:"
        assert f"{missing} {alone}. Ieder kiest die zelf bij Vervanger" in before
        assert f"{missing} {world.procesregisseur.name}, {alone}." in after
        assert f"{world.deputy.name}, werkt hier niet meer" in after
        assert "werkt hier niet meer" not in before

    @pytest.mark.parametrize(
        ("label", "takes"),
        [("Mail die niet aankwam", "1 werkdag"), ("Melding beoordelen", "5 werkdagen")],
    )
    def test_says_how_long_something_takes(self, world, browser, label, takes):
        """Catches "1 werkdagen"."""
        said = text_of(browser(world.beheerder).get("/beheer/"))

        assert row_of(said, label, words=2) == takes
