"""The page of the beheerder: who works where, and which terms hold."""

from __future__ import annotations

from datetime import date

import pytest

from casework.people.models import Membership
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

    @pytest.mark.parametrize(
        ("label", "takes"),
        [("Mail die niet aankwam", "1 werkdag"), ("Melding beoordelen", "5 werkdagen")],
    )
    def test_says_how_long_something_takes(self, world, browser, label, takes):
        """Catches "1 werkdagen"."""
        said = text_of(browser(world.beheerder).get("/beheer/"))

        assert row_of(said, label, words=2) == takes
