"""The overview of a case, and how bottlenecks and cases end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.flow import answer
from casework.audit.models import AuditEntry
from casework.cases import grants
from casework.cases.models import Case, Participation
from casework.cases.pages import summary
from casework.cases.participations import stand_in
from casework.people.models import Absence
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.work.models import WorkItem
from tests.pages.conftest import body_of, queries_of, text_of
from tests.world import AT, DAY, asked, bottleneck_of

CASE_QUERIES = 20
BOTTLENECK = {
    "description": "Er is geen plek.",
    "kinds": ["substance"],
    "theme": "no_place",
    "since": "2026-10-01",
    "tried": "Vier aanbieders gebeld.",
}


@pytest.fixture
def world(begun):
    return begun[0]


def address(case, part=""):
    return f"/casussen/{case.reference}/{part}"


class TestCase:
    def test_says_where_it_stands_and_what_now(self, world, browser, case):
        """Catches a staircase, a pill or a sentence that is not of this request."""
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

    def test_says_its_kinds_as_one_sentence(self, world, browser, case):
        """Catches "Op inhoud en Op samenwerking"."""
        case.bottlenecks.update(kinds=["substance", "cooperation"])

        said = text_of(browser(world.procesregisseur).get(address(case)))

        assert "Op inhoud en op samenwerking." in said

    def test_promises_no_day_that_is_over(self, world, browser, case):
        """Catches "antwoordt uiterlijk" about a day of last week."""
        asked(world, case)

        with time_machine.travel(AT + timedelta(days=9), tick=False):
            said = text_of(browser(world.procesregisseur).get(address(case)))

        assert (
            "Marloes de Wit zou uiterlijk ma 30 november antwoorden op knelpunt 1. "
            "Er is nog geen antwoord." in said
        )

    def test_spoed_is_over_after_its_hours(self, world, browser, case):
        """Catches "antwoordt uiterlijk" about an hour of this morning."""
        request = asked(world, case, urgent=True)

        with time_machine.travel(request.due_at + timedelta(minutes=1), tick=False):
            me = browser(world.procesregisseur)
            pages = [me.get(address(case)), me.get(address(case, "opschalen/"))]

        for page in pages:
            assert "antwoordt uiterlijk" not in text_of(page)
            assert "Er is nog geen antwoord." in text_of(page)

    def test_what_was_picked_up_has_a_last_day_too(self, world, browser, case):
        """Catches "pakt op, uiterlijk" about a day of last week."""
        request = asked(world, case)
        answer(request, by=world.manager, at=AT, answer="pick_up", text="Ik bel.")

        with time_machine.travel(AT + timedelta(days=40), tick=False):
            said = text_of(browser(world.procesregisseur).get(address(case)))

        assert "Marloes de Wit pakte knelpunt 1 op. Het zou uiterlijk" in said

    def test_offers_to_go_up_without_a_request(self, world, browser, case):
        """Catches a main button that does not fit what waits."""
        said = text_of(browser(world.procesregisseur).get(address(case)))

        assert "Schaal een knelpunt op" in said
        assert "1 knelpunt hier" in said

    def test_is_not_there_for_who_has_no_place_in_it(self, world, browser, case):
        """Catches a case that a stranger can find by its reference."""
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

    def test_is_there_for_the_deputy_only_while_he_stands_in(
        self, world, browser, case
    ):
        """Catches a deputy who reads before his time."""
        deputy = browser(world.deputy)
        assert deputy.get(address(case)).status_code == 404

    def test_logs_who_reads_it(self, world, browser, case):
        """Catches a reading that stands nowhere."""
        browser(world.procesregisseur).get(address(case))

        entry = AuditEntry.objects.get(verb="case.read", case=case.pk)
        assert entry.by == world.procesregisseur

    @pytest.mark.parametrize("reference", ["a%00b", "%2e%2e", "x" * 3000, "1"])
    def test_refuses_strange_references(self, world, browser, reference):
        """Catches an address that reaches the database unread."""
        page = browser(world.procesregisseur).get(f"/casussen/{reference}/")

        assert page.status_code == 404

    def test_costs_the_same_whatever_is_in_it(self, world, browser, case):
        """Catches a query per bottleneck, request or answer."""
        request = asked(world, case)
        me = browser(world.procesregisseur)
        few = queries_of(me, address(case))
        for _ in range(3):
            me.send(f"/besluiten/{request.pk}/intrekken/")
            request = asked(world, case)

        assert queries_of(me, address(case)) == few == CASE_QUERIES


class TestRaiseBottleneck:
    def test_adds_a_bottleneck(self, world, browser, case):
        """Catches a bottleneck that is not written, or at the wrong level."""
        sent = browser(world.procesregisseur).send(
            address(case, "knelpunt/nieuw/"), BOTTLENECK
        )

        assert (sent.status_code, sent.url) == (303, address(case))
        assert bottleneck_of(case, 2).theme == "no_place"

    def test_names_what_may_not_go_up_and_keeps_the_text(self, world, browser, case):
        """Catches a name on its way to a manager."""
        text = "Er is geen plek voor Jansje Kwikstaart."

        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/nieuw/"), {**BOTTLENECK, "description": text}
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
    def test_refuses_what_is_wrong(self, world, browser, case, change, error):
        """Catches bad input that gives 500 or English."""
        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/nieuw/"), {**BOTTLENECK, **change}
        )

        assert page.status_code == 422
        assert error in text_of(page)

    def test_is_not_for_who_does_not_steer(self, world, browser, case):
        """Catches a form that a stranger can send."""
        for other in (world.manager, world.officer):
            page = browser(other).send(address(case, "knelpunt/nieuw/"), BOTTLENECK)
            assert page.status_code == 404


class TestRewordBottleneck:
    WORDS = {"description": "Er is geen woning.", "tried": "Vier keer gebeld."}

    def test_mends_a_text_that_nobody_was_given(self, world, browser, case):
        """Catches a slip of the pen that goes up for ever."""
        me, path = browser(world.procesregisseur), "knelpunt/1/verbeteren/"
        old = bottleneck_of(case).description
        assert "Verbeter de tekst" in text_of(me.get(address(case)))
        assert old in text_of(me.get(address(case, path)))

        sent = me.send(address(case, path), {**self.WORDS, "seen": "1"})

        assert (sent.status_code, sent.url) == (303, address(case))
        shown = text_of(me.get(address(case)))
        assert "Er is geen woning." in shown
        assert old not in shown
        line = "Fatima El Amrani verbeterde de tekst van knelpunt 1."
        assert line in text_of(me.get(address(case, "tijdlijn/")))
        stale = me.send(address(case, path), {**self.WORDS, "seen": "1"})
        assert stale.status_code == 409

    def test_names_nobody(self, world, browser, case):
        """Catches a name that comes in after the first text was looked at."""
        words = {**self.WORDS, "tried": "Jansje Kwikstaart gebeld."}

        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/1/verbeteren/"), words
        )

        assert page.status_code == 422
        assert 'Jansje Kwikstaart"' in text_of(page)

    @pytest.mark.parametrize("kind", ["decision", "notice"])
    def test_leaves_what_another_level_was_given(self, world, browser, case, kind):
        """Catches words under a decision that were not those that were decided on."""
        request = asked(world, case, kind=kind)
        me, path = browser(world.procesregisseur), "knelpunt/1/verbeteren/"
        me.send(f"/besluiten/{request.pk}/intrekken/")

        page = text_of(me.get(address(case, path)))
        sent = me.send(address(case, path), self.WORDS)

        assert "Een ander niveau kreeg deze tekst al te lezen." in page
        assert "Bewaar tekst" not in page
        assert sent.status_code == 409
        assert bottleneck_of(case).description != "Er is geen woning."
        assert "Verbeter de tekst" not in text_of(me.get(address(case)))

    def test_is_for_who_steers(self, world, browser, case):
        """Catches a memo that another rewrites."""
        for other in (world.manager, world.officer):
            page = browser(other).send(
                address(case, "knelpunt/1/verbeteren/"), self.WORDS
            )
            assert page.status_code == 404


class TestEndAndClose:
    def test_ends_a_bottleneck(self, world, browser, case):
        """Catches an end that leaves the bottleneck open."""
        sent = browser(world.procesregisseur).send(
            address(case, "knelpunt/1/afronden/"),
            {"state": "solved", "reason": "De ggz begint.", "seen": "1"},
        )

        assert sent.status_code == 303
        assert bottleneck_of(case).state == "solved"

    def test_a_stale_form_keeps_the_text_and_can_be_sent_again(
        self, world, browser, case
    ):
        """Catches an overwrite, a lost text, or a form that stays stale for ever."""
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

    def test_a_running_request_keeps_it_open(self, world, browser, case):
        """Catches a bottleneck that ends while somebody must still answer."""
        asked(world, case)

        page = browser(world.procesregisseur).send(
            address(case, "knelpunt/1/afronden/"),
            {"state": "solved", "reason": "Klaar."},
        )

        assert page.status_code == 409
        assert "Er loopt al een vraag over dit knelpunt." in text_of(page)

    def test_a_case_with_work_stays_open_and_says_why(self, world, browser, case):
        """Catches a close that leaves somebody waiting, or that does not say for what."""
        me = browser(world.procesregisseur)
        me.send(
            address(case, "knelpunt/1/afronden/"), {"state": "lapsed", "reason": "Weg"}
        )

        ask = Ask(
            kind="place",
            question="Is er plek?",
            desk=world.housing_desk,
            due_on=DAY + timedelta(days=9),
        )
        task = offer_task(case, ask, by=world.procesregisseur, at=AT)

        page = me.send(address(case, "afsluiten/"), {"outcome": "solved"})

        assert page.status_code == 409
        assert "Je kunt nog niet afsluiten" in text_of(page)
        assert f"Regel een plek : {world.housing_desk.name}" in text_of(page)
        assert f'href="{address(case)}taak/{task.pk}/"' in page.content.decode()
        assert "Informeer de inwoner : jij" in text_of(page)

    def test_closes_and_opens_again(self, world, browser, case):
        """Catches an archive that nobody or everybody can open."""
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

    def test_details_change_nothing_else(self, world, browser, case):
        """Catches a label that moves a level, or a mnemonic outside the dossier."""
        me = browser(world.procesregisseur)

        sent = me.send(
            address(case, "gegevens/"), {"mnemonic": "Zilveren Eik", "ave_phase": "3"}
        )

        assert sent.status_code == 303
        assert "Zilveren Eik" in text_of(me.get(address(case)))
        request = asked(world, case)
        memo = browser(world.manager).get(f"/besluiten/{request.pk}/")
        assert "Zilveren Eik" not in text_of(memo)


def test_a_deputy_works_in_anothers_name(world, browser, case):
    """Catches a page that does not say in whose name somebody looks."""
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


@pytest.mark.parametrize(
    ("status", "outcome", "words"),
    [
        ("closed", "solved", "Afgesloten met als uitkomst: doel bereikt."),
        (
            "elsewhere",
            "safety_house",
            "Deze casus loopt elders verder: naar het Zorg- en Veiligheidshuis.",
        ),
    ],
)
def test_a_case_that_is_over_says_how(world, status, outcome, words):
    """Catches a case that goes on elsewhere and is called closed."""
    case = Case(status=status, outcome=outcome)

    assert summary(case, world.procesregisseur, []) == words
