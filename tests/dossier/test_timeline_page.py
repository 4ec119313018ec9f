"""The timeline as somebody reads it, page after page."""

from datetime import timedelta

import pytest
import time_machine

from casework.cases.absence import start_absence
from casework.cases.dossier import add_note
from tests.dossier.conftest import at
from tests.world import AT, asked

pytestmark = pytest.mark.usefixtures("_now")


class TestShowTimeline:
    def test_reads_in_dutch_with_who_must_act(self, world, case, as_user) -> None:
        asked(world, case)

        page = (
            as_user(world.procesregisseur).get(at(case, "tijdlijn/")).content.decode()
        )

        assert "Procesregie start." in page
        assert "Knelpunt 1 naar procesniveau. Fatima El Amrani is aan zet." in page
        assert "Knelpunt 1 gevraagd aan management." in page

    def test_says_in_whose_name_and_what_is_new(self, world, case, as_user) -> None:
        as_user(world.procesregisseur).get(at(case, "tijdlijn/"))
        later = AT + timedelta(hours=1)
        start_absence(
            world.procesregisseur, by=world.deputy, at=later, reason="Ziek gemeld"
        )
        add_note(case, by=world.deputy, at=later, text="x", mark="fact")

        with time_machine.travel(AT + timedelta(hours=2), tick=False):
            client = as_user(world.procesregisseur)
            page = client.get(at(case, "tijdlijn/")).content.decode()

        assert "Sinds je laatste bezoek" in page
        assert "Bram Hoekstra namens Fatima El Amrani" in page
        assert "Bram Hoekstra neemt waar voor Fatima El Amrani." in page

    def test_goes_on_page_after_page(self, world, case, as_user) -> None:
        for _ in range(120):
            add_note(case, by=world.procesregisseur, at=AT, text="x", mark="fact")
        client = as_user(world.procesregisseur)
        path, seen = at(case, "tijdlijn/"), 0

        address = path
        while address:
            page = client.get(address)
            timeline = page.context["timeline"]
            seen += len(timeline.fresh) + len(timeline.older)
            address = (
                path + page.context["next_url"] if page.context["next_url"] else ""
            )

        assert seen == case.events.count()
