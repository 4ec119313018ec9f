"""The pages on which the procesregisseur settles what a level leaves open."""

from __future__ import annotations

import pytest

from ave.escalation.asks import ask_to_tell
from ave.escalation.flow import answer, review_skipped
from ave.escalation.models import Escalation
from casework.cases.excluding import exclude_colleague
from casework.cases.household import add_person
from casework.cases.models import Event
from tests.pages.conftest import path_of, shows_nobody, text_of
from tests.world import AT, asked

NOTHING = "Dit is al geregeld, of nu niet nodig."


@pytest.fixture
def world(begun):
    return begun[0]


def nobody_above(world, case, why: str) -> None:
    """Let no bestuurder be left: their accounts end, or they know these people."""
    for executive in (world.burgemeester, world.wethouder):
        if why == "known":
            exclude_colleague(case, by=world.procesregisseur, at=AT, user=executive)
            continue
        executive.is_active = False
        executive.save(update_fields=["is_active"])


class TestSilent:
    def test_tells_the_next_level_after_a_yes(self, world, browser, case, escalation):
        """Catches a silence that stays silent."""
        ask_to_tell(escalation, at=AT)
        me = browser(world.procesregisseur)

        page = me.get(path_of(escalation, "stil/"))
        sent = me.send(path_of(escalation, "stil/"), {"tell": "yes"})

        assert "Moet bestuurlijk dit weten?" in text_of(page)
        assert sent.status_code == 303
        notice = Escalation.objects.system_scope("test").get(kind="notice")
        assert notice.answerer == world.burgemeester
        seen = browser(world.burgemeester).get(path_of(notice))
        assert "Goed om te weten" in text_of(seen)
        assert shows_nobody(seen)

    def test_a_no_needs_a_reason(self, world, browser, escalation):
        """Catches a silence that is waved away."""
        ask_to_tell(escalation, at=AT)
        me = browser(world.procesregisseur)

        page = me.send(path_of(escalation, "stil/"), {"tell": "no"})
        sent = me.send(
            path_of(escalation, "stil/"), {"tell": "no", "reason": "calling"}
        )

        assert page.status_code == 422
        assert "Kies waarom je het nu niet laat weten." in text_of(page)
        assert sent.status_code == 303

    @pytest.mark.parametrize("why", ["gone", "known"])
    def test_offers_no_yes_where_nobody_is_above(
        self, world, browser, case, escalation, why
    ):
        """Catches a choice that can only be refused, and a page that says no way out."""
        nobody_above(world, case, why)
        ask_to_tell(escalation, at=AT)
        me, path = browser(world.procesregisseur), path_of(escalation, "stil/")

        page = me.get(path)
        refused = me.send(path, {"tell": "yes", "reason": "calling"})
        unsaid = me.send(path, {"tell": "no"})
        sent = me.send(path, {"tell": "no", "reason": "other_way"})

        said = text_of(page)
        assert "Bestuurlijk kan dit nu niet weten. Op dat niveau is niemand" in said
        assert "De vraag blijft bij Marloes de Wit, en we blijven herinneren." in said
        assert 'value="yes"' not in page.content.decode()
        assert refused.status_code == unsaid.status_code == 422
        assert "Dit kan daar nu niemand weten." in text_of(refused)
        assert "Kies wat je nu doet." in text_of(unsaid)
        assert sent.status_code == 303
        settled = Event.objects.system_scope("test").get(kind="silence.settled")
        assert (settled.facts["told"], settled.facts["reason"]) == (False, "other_way")
        assert not Escalation.objects.system_scope("test").filter(kind="notice")

    def test_says_that_a_text_names_somebody_by_now(self, world, browser, case):
        """Catches a yes that is refused each time, for words that stay as they are."""
        escalation = asked(world, case, if_nothing="Dan staat Anneke Vlier op straat.")
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name="Anneke Vlier",
            role="family",
            not_informed_reason="Dat kan nu niet veilig.",
        )
        ask_to_tell(escalation, at=AT)

        page = browser(world.procesregisseur).get(path_of(escalation, "stil/"))

        said = text_of(page)
        assert "staat een naam of adres" in said
        assert "Trek de vraag in, maak een nieuw knelpunt zonder naam" in said
        assert 'value="yes"' not in page.content.decode()

    def test_at_the_top_goes_on_the_agenda_of_a_day(self, world, browser, case):
        """Catches a tick that says nothing of when, and that nobody ever comes back to."""
        top = asked(world, case, to_level=4, urgent=True, jump_reason="Het is vrijdag.")
        ask_to_tell(top, at=AT)
        me, path = browser(world.procesregisseur), path_of(top, "stil/")

        unsaid = me.send(path, {})
        over = me.send(path, {"agenda_on": "2026-11-20"})
        sent = me.send(path, {"agenda_on": "2026-12-10"})

        assert unsaid.status_code == over.status_code == 422
        for page in (unsaid, over):
            assert "Kies de dag van het bestuurlijk overleg" in text_of(page)
        assert sent.status_code == 303
        said = text_of(me.get(f"/casussen/{case.reference}/opschalen/"))
        on = "op de agenda van het bestuurlijk overleg van do 10 december"
        assert f"De vraag staat {on}" in said
        assert NOTHING in text_of(me.get(path))
        ask_to_tell(top, at=AT)
        assert f"Het stond {on}" in text_of(me.get(path))
        settled = Event.objects.system_scope("test").get(kind="silence.settled")
        assert settled.facts["agenda_on"] == "2026-12-10"

    @pytest.mark.parametrize("answered", [False, True])
    def test_says_to_an_old_link_that_it_is_not_asked(
        self, world, browser, escalation, answered
    ):
        """Catches "Er is nog geen antwoord" where it is there, or nobody waits for it."""
        if answered:
            ask_to_tell(escalation, at=AT)
            answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")

        page = browser(world.procesregisseur).get(path_of(escalation, "stil/"))

        assert page.status_code == 200
        assert NOTHING in text_of(page)
        assert "nog geen antwoord" not in text_of(page)
        assert f'href="{path_of(escalation)}"' in page.content.decode()

    def test_is_not_for_the_answerer(self, world, browser, escalation):
        """Catches a manager who decides whether his silence is told."""
        page = browser(world.manager).get(path_of(escalation, "stil/"))

        assert page.status_code == 403


class TestSkipped:
    def test_says_why_and_asks_what_is_done(self, world, browser, case):
        """Catches a level that was skipped, can't look back, and nobody hears it."""
        for user in (world.manager, world.other_manager):
            exclude_colleague(case, by=world.procesregisseur, at=AT, user=user)
        jumped = asked(world, case, to_level=4, urgent=True)
        review_skipped(at=AT)
        me, path = browser(world.procesregisseur), path_of(jumped, "overgeslagen/")

        page = me.get(path)
        unsaid = me.send(path, {})
        sent = me.send(path, {"reason": "meeting"})
        again = me.send(path, {"reason": "meeting"})

        said = text_of(page)
        assert "Management kan niet terugkijken: hoe nu verder?" in said
        assert "Op dat niveau is niemand die dit mag weten." in said
        assert unsaid.status_code == 422
        assert "Kies wat je nu doet." in text_of(unsaid)
        assert sent.status_code == 303
        assert again.status_code == 409
        settled = Event.objects.system_scope("test").get(kind="skipped.settled")
        assert settled.facts["reason"] == "meeting"
        assert NOTHING in text_of(me.get(path))

    def test_says_so_where_no_level_was_skipped(self, world, browser, escalation):
        """Catches "ging met spoed voorbij" about a request that did not."""
        me = browser(world.procesregisseur)

        said = text_of(me.get(path_of(escalation, "overgeslagen/")))

        assert NOTHING in said
        assert "ging met spoed voorbij" not in said
