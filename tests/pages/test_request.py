"""Going up: one form, and a preview of who sees what."""

from __future__ import annotations

import pytest

from ave.escalation.flow import answer
from ave.escalation.models import Escalation
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from tests.pages.conftest import MONSTROUS, text_of
from tests.pages.test_cases import BOTTLENECK
from tests.world import AT, CANARIES, STUCK, asked, bottleneck_of

FORM = {
    "bottleneck": "1",
    "question": "Wie regelt de plek?",
    "if_nothing": "Dan vervalt de plek.",
    "kind": "decision",
}


@pytest.fixture
def world(begun):
    return begun[0]


def path_of(case, query=""):
    return f"/casussen/{case.reference}/opschalen/{query}"


def requests():
    return Escalation.objects.system_scope("test")


class TestRequest:
    def test_asks_the_level_in_the_button(self, world, browser, case):
        """Catches a button that does not say where the question goes."""
        said = text_of(browser(world.procesregisseur).get(path_of(case)))

        assert "Wat loopt vast, en wie kan het losmaken?" in said
        assert "Stuur vraag naar management" in said
        assert "Je stuurt één vraag, geen dossier. Noem geen namen." in said

    def test_sends_one_question(self, world, browser, case):
        """Catches a question that is not sent, or sent about another bottleneck."""
        sent = browser(world.procesregisseur).send(path_of(case), {**FORM, "send": "1"})

        assert (sent.status_code, sent.url) == (303, f"/casussen/{case.reference}/")
        assert requests().get().answerer == world.manager

    def test_shows_first_who_sees_what_and_sends_nothing(self, world, browser, case):
        """Catches a preview that sends, forgets the text, or shows a name."""
        page = browser(world.procesregisseur).send(
            path_of(case), {**FORM, "preview": "1"}
        )
        said = text_of(page)

        assert page.status_code == 200
        assert "Dit ziet Marloes de Wit" in said
        assert "niet: namen, adres, notities, stukken van partijen." in said
        assert "Er is nog niets verstuurd." in said
        assert page.context["form"]["question"].value() == FORM["question"]
        assert not requests().exists()

    def test_shows_all_that_goes_along(self, world, browser, case):
        """Catches words that a manager reads and that the preview leaves out."""
        bottleneck = bottleneck_of(case)
        bottleneck.breaker = "De directie van de ggz."
        bottleneck.save(update_fields=["breaker"])
        before = asked(world, case)
        answer(before, by=world.manager, at=AT, answer="lower", text="Zelf.")
        hasty = {"urgent": "on", "jump": "on", "jump_reason": "Het is vrijdag."}

        page = browser(world.procesregisseur).send(
            path_of(case), {**FORM, **hasty, "preview": "1"}
        )

        shown = text_of(page).partition("Dit ziet Joke Klaassen")[2]
        shown = shown.partition("Er is nog niets verstuurd.")[0]
        for words in (
            "Wie kan het losmaken? De directie van de ggz.",
            "Waarom een niveau overgeslagen is Het is vrijdag.",
            "Eerder gevraagd 1 keer. Die vragen en antwoorden gaan mee.",
        ):
            assert words in shown

    @pytest.mark.parametrize("button", ["preview", "send"])
    def test_says_which_words_point_at_somebody(self, world, browser, case, button):
        """Catches an address on its way to a manager, or a text that is lost."""
        text = f"Mag de bewoner van {CANARIES['address']} blijven?"

        page = browser(world.procesregisseur).send(
            path_of(case), {**FORM, "question": text, button: "1"}
        )

        assert page.status_code == 422
        assert 'In je tekst staat een naam of adres: "Ooievaarsteeg 7".' in text_of(
            page
        )
        assert page.context["form"]["question"].value() == text
        assert not requests().exists()

    @pytest.mark.parametrize("button", ["preview", "send"])
    def test_says_that_the_bottleneck_itself_names_somebody(
        self, world, browser, case, button
    ):
        """Catches a preview that finds nothing in what will be refused, and a name on
        its way to a manager in a text that was written before it was known."""
        bottleneck = bottleneck_of(case)
        bottleneck.tried = "Kwikstaart belde zelf af."
        bottleneck.save(update_fields=["tried"])

        page = browser(world.procesregisseur).send(path_of(case), {**FORM, button: "1"})

        said = text_of(page)
        assert page.status_code == 422
        assert 'In knelpunt 1 staat een naam of adres: "Kwikstaart".' in said
        assert 'kies bij het knelpunt "Verbeter de tekst".' in said
        assert 'href="?knelpunt=nieuw"' in page.content.decode()
        assert page.context["form"]["question"].value() == FORM["question"]
        assert not requests().exists()

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            (
                {"question": " "},
                "Schrijf welke beslissing je wilt. Zonder vraag kan niemand antwoorden.",
            ),
            ({"question": "a\x00b"}, "Er staat een teken in"),
            ({"question": MONSTROUS}, "Dit is te lang."),
            ({"bottleneck": "7"}, "Kies iets uit de lijst."),
            ({"kind": "x"}, "Kies iets uit de lijst."),
            ({"jump": "on"}, "Een niveau overslaan kan alleen met spoed en een reden"),
        ],
    )
    def test_refuses_what_is_wrong(self, world, browser, case, change, error):
        """Catches a request without a question, or over a level without a reason."""
        page = browser(world.procesregisseur).send(
            path_of(case), {**FORM, **change, "send": "1"}
        )

        assert page.status_code == 422
        assert error in text_of(page)
        assert not requests().exists()

    def test_jumps_with_haste_and_a_reason(self, world, browser, case):
        """Catches a level that is skipped to the wrong place."""
        sent = browser(world.procesregisseur).send(
            path_of(case),
            {**FORM, "urgent": "on", "jump": "on", "jump_reason": "Het is vrijdag."},
        )

        assert sent.status_code == 303
        assert requests().get().answerer == world.burgemeester

    def test_skips_a_level_where_nobody_may_answer(self, world, browser, case):
        """Catches "Vraag de beheerder om een bureau" where no desk would help."""
        bottleneck = bottleneck_of(case)
        bottleneck.cause = world.municipality
        bottleneck.save(update_fields=["cause"])
        me = browser(world.procesregisseur)

        looked = me.send(path_of(case), {**FORM, "preview": "1"})
        refused = me.send(path_of(case), {**FORM, "send": "1"})
        sent = me.send(path_of(case), {**FORM, "jump": "on", "send": "1"})

        for page in (looked, refused):
            assert page.status_code == 422
            assert 'Kies "Sla een niveau over"' in text_of(page)
            assert '<details class="card disclosure" open>' in page.content.decode()
        assert sent.status_code == 303
        assert requests().get().answerer == world.burgemeester

    def test_makes_the_bottleneck_too(self, world, browser, case):
        """Catches a second form before a first question can be asked."""
        form = {**BOTTLENECK, **FORM, "send": "1"}
        del form["bottleneck"]

        sent = browser(world.procesregisseur).send(
            path_of(case, "?knelpunt=nieuw"), form
        )

        assert sent.status_code == 303
        assert requests().get().bottleneck == bottleneck_of(case, 2)

    def test_leads_to_no_bottleneck_that_is_asked(self, world, browser, case):
        """Catches a link to choose another that gives the same page again."""
        asked(world, case)
        me = browser(world.procesregisseur)
        choose = "Kies een knelpunt dat er al staat"
        assert choose not in text_of(me.get(path_of(case)))

        raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK, level=2)

        assert choose in text_of(me.get(path_of(case, "?knelpunt=nieuw")))

    def test_offers_no_way_down_from_what_is_closed(self, world, browser, case):
        """Catches a closed case that asks whether procesregie can stop."""
        me = browser(world.procesregisseur)
        assert "Kan procesregie stoppen?" in text_of(me.get(path_of(case)))
        case.status, case.outcome, case.closed_at = "closed", "solved", AT
        case.save(update_fields=["status", "outcome", "closed_at"])

        page = me.get(path_of(case))

        assert page.status_code == 200
        assert "Kan procesregie stoppen?" not in text_of(page)

    def test_leaves_no_bottleneck_when_nobody_can_be_asked(self, world, browser, case):
        """Catches half of what one form does."""
        world.manager.is_active = world.other_manager.is_active = False
        world.manager.save(update_fields=["is_active"])
        world.other_manager.save(update_fields=["is_active"])
        form = {**BOTTLENECK, **FORM, "send": "1"}

        page = browser(world.procesregisseur).send(
            path_of(case, "?knelpunt=nieuw"), form
        )

        assert page.status_code == 422
        assert "Op managementniveau is niemand van de gemeente" in text_of(page)
        assert case.bottlenecks.count() == 1

    def test_lets_choose_between_two(self, world, browser, case):
        """Catches a question about a bottleneck that nobody chose."""
        raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK)
        me = browser(world.procesregisseur)
        form = {**FORM, "send": "1"}
        del form["bottleneck"]

        page = me.send(path_of(case), form)
        chosen = me.send(path_of(case, "?knelpunt=2"), {**form, "bottleneck": "2"})

        assert page.status_code == 422
        assert "Kies een knelpunt." in text_of(page)
        assert chosen.status_code == 303
        assert requests().get().bottleneck.number == 2

    @pytest.mark.parametrize("button", ["send", "preview"])
    @pytest.mark.parametrize("bottlenecks", [1, 2])
    def test_says_in_a_second_tab_that_it_is_asked(
        self, world, browser, case, bottlenecks, button
    ):
        """Catches a form that becomes one for a new bottleneck, or has no way out."""
        me, path = browser(world.procesregisseur), path_of(case, "?knelpunt=1")
        if bottlenecks == 2:
            raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK)
        me.send(path, {**FORM, "send": "1"})

        page = me.send(path, {**FORM, "question": "En nu dit?", button: "1"})

        said = text_of(page)
        assert page.status_code == 409
        assert "Er loopt al een vraag over dit knelpunt. Wacht op antwoord" in said
        assert "Kies iets uit de lijst." not in said
        assert page.context["form"]["question"].value() == "En nu dit?"
        assert f'href="/besluiten/{requests().get().pk}/"' in page.content.decode()
        assert case.bottlenecks.count() == bottlenecks

    def test_does_not_ask_about_what_is_solved(self, world, browser, case):
        """Catches a form about a bottleneck that ended, that makes another one."""
        end_bottleneck(
            bottleneck_of(case),
            by=world.procesregisseur,
            at=AT,
            state="solved",
            reason="De ggz begint.",
        )

        page = browser(world.procesregisseur).send(path_of(case), {**FORM, "send": "1"})

        assert page.status_code == 409
        assert page.context["form"]["question"].value() == FORM["question"]
        assert not requests().exists()

    def test_a_stale_form_is_shown_again(self, world, browser, case):
        """Catches a question about a bottleneck that just changed."""
        page = browser(world.procesregisseur).send(
            path_of(case), {**FORM, "seen": "9", "send": "1"}
        )

        assert page.status_code == 409
        assert page.context["form"]["question"].value() == FORM["question"]
        assert page.context["form"]["seen"].value() == "1"

    def test_sent_twice_asks_once(self, world, browser, case):
        """Catches two requests, or an error, from a double click."""
        form = {**FORM, "submit_id": "7b7f4f8e-6d5c-4f3c-9a58-31bd6ac9a003"}
        me = browser(world.procesregisseur)

        first, second = me.send(path_of(case), form), me.send(path_of(case), form)

        assert (first.status_code, second.status_code) == (303, 303)
        assert requests().count() == 1

    def test_is_not_for_who_has_no_place_in_it(self, world, browser, case):
        """Catches a request by somebody who does not steer the case."""
        asked(world, case)
        for other in (world.manager, world.officer, world.other_procesregisseur):
            client = browser(other)
            assert client.get(path_of(case)).status_code == 404
            assert client.send(path_of(case), FORM).status_code == 404
