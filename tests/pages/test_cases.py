"""The list of cases, the overview of one, and how bottlenecks and cases end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from casework.audit.models import AuditEntry
from casework.cases import grants
from casework.cases.models import Case, Participation
from casework.cases.participations import stand_in
from casework.keys.searching import UNREADABLE, seal
from casework.people.models import Absence
from casework.work.models import WorkItem
from tests.pages.conftest import MONSTROUS, body_of, many_cases, queries_of, text_of
from tests.world import AT, asked, bottleneck_of, opened, referred, with_canaries

LIST_QUERIES = 6
SEARCH_QUERIES = 7
CASE_QUERIES = 19


def address(case, part=""):
    return f"/casussen/{case.reference}/{part}"


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


class TestCase:
    def test_says_where_it_stands_and_what_now(self, world, browser):
        """Catches a staircase, a pill or a sentence that is not of this request."""
        case = opened(world)
        asked(world, case)

        said = text_of(browser(world.procesregisseur).get(address(case)))

        assert f"Woonoverlast, {case.reference}" in said
        assert "Hoogste open knelpunt: 2 Proces. Jij blijft procesregisseur." in said
        assert "Knelpunt 1 gevraagd aan management" in said
        assert "gevraagd, antwoord uiterlijk ma 30 november" in said
        assert (
            "Marloes de Wit antwoordt uiterlijk ma 30 november op knelpunt 1. "
            "Het plan gaat gewoon door." in said
        )
        assert "1 keer gevraagd" in said
        assert "Leg afspraken vast" in said
        assert "Schaal een knelpunt op " not in said

    def test_says_its_kinds_as_one_sentence(self, world, browser):
        """Catches "Op inhoud en Op samenwerking"."""
        case = opened(world)
        case.bottlenecks.update(kinds=["substance", "cooperation"])

        said = text_of(browser(world.procesregisseur).get(address(case)))

        assert "Op inhoud en op samenwerking." in said

    def test_promises_no_day_that_is_over(self, world, browser):
        """Catches "antwoordt uiterlijk" about a day of last week."""
        case = opened(world)
        asked(world, case)

        with time_machine.travel(AT + timedelta(days=9), tick=False):
            said = text_of(browser(world.procesregisseur).get(address(case)))

        assert (
            "Marloes de Wit zou uiterlijk ma 30 november antwoorden op knelpunt 1. "
            "Er is nog geen antwoord." in said
        )

    def test_offers_to_go_up_without_a_request(self, world, browser):
        """Catches a main button that does not fit what waits."""
        case = opened(world)

        said = text_of(browser(world.procesregisseur).get(address(case)))

        assert "Schaal een knelpunt op" in said
        assert "1 knelpunt hier" in said

    def test_is_not_there_for_who_has_no_place_in_it(self, world, browser):
        """Catches a case that a stranger can find by its reference."""
        case = with_canaries(world, opened(world))
        asked(world, case)
        for other in (
            world.manager,
            world.burgemeester,
            world.aov,
            world.officer,
            world.other_procesregisseur,
            world.fg,
            world.beheerder,
        ):
            hidden = browser(other).get(address(case))
            absent = browser(other).get("/casussen/AVE-2026-9999999/")
            assert hidden.status_code == absent.status_code == 404
            assert body_of(hidden) == body_of(absent), other

    def test_is_there_for_the_deputy_only_while_he_stands_in(self, world, browser):
        """Catches a deputy who reads before his time."""
        case = opened(world)
        deputy = browser(world.deputy)
        assert deputy.get(address(case)).status_code == 404

    def test_logs_who_reads_it(self, world, browser):
        """Catches a reading that stands nowhere."""
        case = opened(world)

        browser(world.procesregisseur).get(address(case))

        entry = AuditEntry.objects.get(verb="case.read", case=case.pk)
        assert entry.by == world.procesregisseur

    @pytest.mark.parametrize("reference", ["a%00b", "%2e%2e", "x" * 3000, "1"])
    def test_refuses_strange_references(self, world, browser, reference):
        """Catches an address that reaches the database unread."""
        page = browser(world.procesregisseur).get(f"/casussen/{reference}/")

        assert page.status_code == 404

    def test_costs_the_same_whatever_is_in_it(self, world, browser):
        """Catches a query per bottleneck, request or answer."""
        case = opened(world)
        request = asked(world, case)
        me = browser(world.procesregisseur)
        few = queries_of(me, address(case))
        for _ in range(3):
            me.send(f"/besluiten/{request.pk}/intrekken/")
            request = asked(world, case)

        assert queries_of(me, address(case)) == few == CASE_QUERIES


class TestRaiseBottleneck:
    FORM = {
        "description": "Er is geen plek.",
        "kinds": ["substance"],
        "theme": "no_place",
        "since": "2026-10-01",
        "tried": "Vier aanbieders gebeld.",
    }

    def test_adds_a_bottleneck(self, world, browser):
        """Catches a bottleneck that is not written, or at the wrong level."""
        case = opened(world)

        sent = browser(world.procesregisseur).send(
            address(case, "knelpunt/nieuw/"), self.FORM
        )

        assert (sent.status_code, sent.url) == (303, address(case))
        assert bottleneck_of(case, 2).theme == "no_place"

    def test_names_what_may_not_go_up_and_keeps_the_text(self, world, browser):
        """Catches a name on its way to a manager."""
        case = with_canaries(world, opened(world))
        text = "Er is geen plek voor Jansje Kwikstaart."

        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/nieuw/"), {**self.FORM, "description": text}
        )

        assert page.status_code == 422
        assert 'Jansje Kwikstaart"' in text_of(page)
        assert text in text_of(page)

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"since": "2026-11-31"}, "31 november bestaat niet."),
            ({"since": "2027-01-01"}, "Kies een dag die al geweest is."),
            ({"kinds": []}, "Kies waar het op vastloopt"),
            ({"cause": "1\x00"}, "Kies iets uit de lijst."),
            ({"tried": "x" * 2001}, "Dit is te lang."),
        ],
    )
    def test_refuses_what_is_wrong(self, world, browser, change, error):
        """Catches bad input that gives 500 or English."""
        case = opened(world)

        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/nieuw/"), {**self.FORM, **change}
        )

        assert page.status_code == 422
        assert error in text_of(page)

    def test_is_not_for_who_does_not_steer(self, world, browser):
        """Catches a form that a stranger can send."""
        case = opened(world)
        for other in (world.manager, world.officer):
            page = browser(other).send(address(case, "knelpunt/nieuw/"), self.FORM)
            assert page.status_code == 404


class TestEndAndClose:
    def test_ends_a_bottleneck(self, world, browser):
        """Catches an end that leaves the bottleneck open."""
        case = opened(world)

        sent = browser(world.procesregisseur).send(
            address(case, "knelpunt/1/afronden/"),
            {"state": "solved", "reason": "De ggz begint.", "seen": "1"},
        )

        assert sent.status_code == 303
        assert bottleneck_of(case).state == "solved"

    def test_a_stale_form_keeps_the_text_and_can_be_sent_again(self, world, browser):
        """Catches an overwrite, a lost text, or a form that stays stale for ever."""
        case = opened(world)
        me = browser(world.procesregisseur)
        path = address(case, "knelpunt/1/afronden/")

        page = me.send(
            path, {"state": "solved", "reason": "De ggz begint.", "seen": "9"}
        )

        assert page.status_code == 409
        assert "Iemand anders heeft dit net veranderd." in text_of(page)
        assert "De ggz begint." in text_of(page)
        again = {"state": "solved", "reason": "De ggz begint."}
        again["seen"] = page.context["form"]["seen"].value()
        assert me.send(path, again).status_code == 303

    def test_a_running_request_keeps_it_open(self, world, browser):
        """Catches a bottleneck that ends while somebody must still answer."""
        case = opened(world)
        asked(world, case)

        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/1/afronden/"),
            {"state": "solved", "reason": "Klaar."},
        )

        assert page.status_code == 409
        assert "Er loopt al een vraag over dit knelpunt." in text_of(page)

    def test_a_case_with_work_stays_open_and_says_why(self, world, browser):
        """Catches a close that leaves somebody waiting."""
        case = opened(world)
        me = browser(world.procesregisseur)
        me.send(
            address(case, "knelpunt/1/afronden/"), {"state": "lapsed", "reason": "Weg"}
        )

        page = me.send(address(case, "afsluiten/"), {"outcome": "solved"})

        assert page.status_code == 409
        assert "Je kunt nog niet afsluiten" in text_of(page)

    def test_closes_and_opens_again(self, world, browser):
        """Catches an archive that nobody or everybody can open."""
        case = opened(world)
        me = browser(world.procesregisseur)
        me.send(
            address(case, "knelpunt/1/afronden/"), {"state": "lapsed", "reason": "Weg"}
        )
        WorkItem.objects.system_scope("test").filter(case=case.pk).delete()

        closed = me.send(address(case, "afsluiten/"), {"outcome": "solved"})
        assert (closed.status_code, closed.url) == (303, "/casussen/")
        archived = browser(world.other_procesregisseur)
        assert "Heropen casus" in text_of(archived.get(address(case)))
        assert browser(world.manager).get(address(case)).status_code == 404

        opened_again = archived.send(
            address(case, "heropenen/"), {"reason": "Het begint opnieuw."}
        )
        assert opened_again.status_code == 303
        case.refresh_from_db()
        assert case.status == Case.Status.OPEN
        assert case.procesregisseur == world.other_procesregisseur

    def test_details_change_nothing_else(self, world, browser):
        """Catches a label that moves a level, or a mnemonic outside the dossier."""
        case = opened(world)
        me = browser(world.procesregisseur)

        sent = me.send(
            address(case, "gegevens/"), {"mnemonic": "Zilveren Eik", "ave_phase": "3"}
        )

        assert sent.status_code == 303
        assert "Zilveren Eik" in text_of(me.get(address(case)))
        request = asked(world, case)
        memo = browser(world.manager).get(f"/besluiten/{request.pk}/")
        assert "Zilveren Eik" not in text_of(memo)


def test_a_deputy_works_in_anothers_name(world, browser):
    """Catches a page that does not say in whose name somebody looks."""
    case = opened(world)
    absence = Absence.objects.create(
        user=world.procesregisseur,
        deputy=world.deputy,
        starts_at=AT - timedelta(hours=1),
        started_by=world.deputy,
        reason="Ziek",
    )
    place = Participation.objects.system_scope("test").get(
        case=case, user=world.procesregisseur
    )
    stand_in(place, absence, at=AT - timedelta(minutes=1)).save()
    grants.follow([case.pk], at=AT)

    said = text_of(browser(world.deputy).get(address(case)))

    assert "Je werkt hier namens Fatima El Amrani." in said
    assert "Fatima El Amrani blijft procesregisseur." in said
