"""Mijn werk: everything that waits for somebody, and nothing of another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases.dossier import add_note
from casework.cases.retraction import take_back
from casework.work.due import Due
from casework.work.models import WorkItem
from casework.work.own import write_own
from tests.pages.conftest import (
    MONSTROUS,
    many_cases,
    queries_of,
    text_of,
)
from tests.world import AT, DAY, asked, opened

QUERIES = 9


def own(world, *, title="Bel de corporatie", day=DAY, ago=9):
    return write_own(
        title, due=Due.day(day), by=world.procesregisseur, at=AT - timedelta(days=ago)
    )


class TestMine:
    def test_says_how_much_and_how_late(self, world, browser):
        """Catches a count that is not of this person, and a day in the wrong words."""
        own(world, day=DAY - timedelta(days=6))
        own(world, title="Schrijf het verslag", ago=8)

        said = text_of(browser(world.procesregisseur).get("/"))

        assert "Maandag 23 november. Je hebt 2 dingen te doen. 1 is te laat." in said
        assert "Te laat Bel de corporatie 6 dagen te laat" in said
        assert "Vandaag en morgen Schrijf het verslag vandaag" in said

    def test_is_empty_with_a_sentence(self, world, browser):
        """Catches an empty page that does not say what comes."""
        said = text_of(browser(world.beheerder).get("/"))

        assert "Er wacht niets op je. " in said
        assert "Nieuw werk komt hier vanzelf." in said

    def test_shows_own_words_to_nobody_else(self, world, browser):
        """Catches a list that shows what a colleague wrote for himself."""
        own(world)

        for other in (world.other_procesregisseur, world.manager, world.beheerder):
            for cut in ("mij", "team", "anderen", "klaar"):
                page = browser(other).get(f"/?toon={cut}")
                assert "Bel de corporatie" not in page.content.decode()

    def test_offers_no_rest_of_spoed(self, world, browser):
        """Catches a link that can only end in a refusal."""
        asked(world, opened(world), urgent=True)

        page = browser(world.procesregisseur).get("/?toon=anderen").content.decode()

        assert "/herinner/" in page
        assert "/rust/" not in page

    def test_leads_nobody_to_a_page_that_is_only_for_who_decides(self, world, browser):
        """Catches a link in the list of waiting that ends in "Dit mag je niet doen"."""
        case = opened(world)
        note = add_note(
            case, by=world.procesregisseur, at=AT, text="Verkeerd huis.", mark="fact"
        )
        take_back(note, by=world.procesregisseur, at=AT, reason="wrong_person")

        for path in ("/", "/?toon=anderen"):
            page = browser(world.procesregisseur).get(path)
            assert "Vergissing: mag de tekst vernietigd worden?" in text_of(page)
            assert "/vergissing/" not in page.content.decode()

    def test_goes_on_page_after_page(self, world, browser):
        """Catches a page that skips or repeats work between two pages."""
        many_cases(world, 60)
        me, path, seen = browser(world.procesregisseur), "/", []
        while path:
            page = me.get(path)
            seen += [
                item.pk for group in page.context["groups"] for item in group.items
            ]
            path = page.context["next_url"]

        assert len(seen) == len(set(seen)) == 60

    @pytest.mark.parametrize(
        "wrong", ["na=-1", "na=x_y_z", "toon=alles", f"na={'9' * 90}", "na=%00"]
    )
    def test_refuses_a_page_that_is_not_there(self, world, browser, wrong):
        """Catches a cursor that is trusted: 500, or the whole list of somebody."""
        page = browser(world.procesregisseur).get(f"/?{wrong}")

        assert page.status_code == 422
        assert "Deze pagina is er niet. Ga terug naar pagina 1." in text_of(page)

    def test_costs_the_same_at_ten_times_the_work(self, world, browser):
        """Catches a query per row."""
        me = browser(world.procesregisseur)
        many_cases(world, 40)
        few = queries_of(me, "/")
        many_cases(world, 360)

        assert queries_of(me, "/") == few == QUERIES


class TestWrite:
    def test_writes_for_oneself_and_ticks_off(self, world, browser):
        """Catches an own to-do that cannot be ended."""
        me = browser(world.procesregisseur)

        sent = me.send(
            "/te-doen/nieuw/", {"title": "Bel terug", "due_on": "2026-11-24"}
        )
        item = WorkItem.objects.system_scope("test").get(kind="own")
        done = me.send(f"/te-doen/{item.pk}/klaar/")

        assert (sent.status_code, done.status_code) == (303, 303)
        item.refresh_from_db()
        assert item.state == "done"

    @pytest.mark.parametrize(
        ("title", "day", "error"),
        [
            ("Bel terug", "2026-11-31", "31 november bestaat niet."),
            ("Bel terug", "2026-11-20", "Kies een dag die nog komt."),
            ("Bel terug", "9999-12-31", "Kies een dag tussen 1900 en 2100."),
            ("Bel\x00terug", "2026-11-24", "Er staat een teken in"),
            (MONSTROUS, "2026-11-24", "Dit is te lang. Gebruik hoogstens 200 tekens."),
            ("", "2026-11-24", "Schrijf op wat je wilt doen."),
        ],
    )
    def test_keeps_what_was_typed_when_it_is_wrong(
        self, world, browser, title, day, error
    ):
        """Catches bad input that gives 500, English, or loses the text."""
        page = browser(world.procesregisseur).send(
            "/te-doen/nieuw/", {"title": title, "due_on": day}
        )

        assert page.status_code == 422
        assert error in text_of(page)
        assert "Dit is nog niet gelukt" in text_of(page)
        assert page.context["form"]["title"].value() == title

    def test_sent_twice_is_written_once(self, world, browser):
        """Catches two to-do's from a double click."""
        me = browser(world.procesregisseur)
        form = {
            "title": "Bel terug",
            "due_on": "2026-11-24",
            "submit_id": "7b7f4f8e-6d5c-4f3c-9a58-31bd6ac9a001",
        }

        first, second = (
            me.send("/te-doen/nieuw/", form),
            me.send("/te-doen/nieuw/", form),
        )

        assert (first.status_code, second.status_code) == (303, 303)
        assert WorkItem.objects.system_scope("test").filter(kind="own").count() == 1

    def test_nobody_ticks_off_anothers(self, world, browser):
        """Catches work that a stranger can end by its number."""
        item = own(world)

        page = browser(world.manager).send(f"/te-doen/{item.pk}/klaar/")

        assert page.status_code == 404
        item.refresh_from_db()
        assert item.is_open
