"""What was written before the dossier knew a name, does not go up with it after."""

from __future__ import annotations

import pytest

from ave.escalation.flow import EscalationFlow, answer, review_skipped, silence
from ave.escalation.memo import SomebodyNamed
from ave.escalation.transitions import withdraw_escalation
from ave.escalation.voices import ask_voice
from ave.policy.answerers import NobodyToAsk
from casework.cases.bottlenecks import (
    end_bottleneck,
    raise_bottleneck,
    reword_bottleneck,
)
from casework.cases.confirmations import Given
from casework.cases.household import add_person
from casework.levels import Level
from casework.people.errors import InvalidInput
from casework.work import items
from tests.replay import replays
from tests.world import AT, CANARIES, STUCK, asked, bottleneck_of

pytestmark = pytest.mark.engine

NAMED = "Kwikstaart weigert hulp."
WITHOUT_A_NAME = {"description": "Hulp wordt geweigerd.", "tried": "Bellen."}
FOUND = 'staat een naam of adres: "Kwikstaart".'


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def meet(world, case):
    """Let the dossier know the name."""

    def meet():
        add_person(
            case,
            by=world.procesregisseur,
            at=AT,
            name=CANARIES["name"],
            role="main",
            not_informed_reason="Eerst een afspraak.",
        )

    return meet


def named_bottleneck(world, case, field="description"):
    """A second bottleneck that names somebody whom nobody knows yet."""
    facts = {**STUCK, field: NAMED}
    return raise_bottleneck(case, by=world.procesregisseur, at=AT, **facts)


def ask(world, bottleneck, **facts):
    return EscalationFlow.start.begin(
        bottleneck,
        by=world.procesregisseur,
        at=AT,
        **{"question": "Wie regelt de plek?", **facts},
    )


class TestAsking:
    @pytest.mark.parametrize("field", ["description", "tried", "breaker"])
    def test_refuses_a_bottleneck_that_names_somebody_by_now(
        self, world, case, meet, field
    ):
        """Catches a text that was right when it was written, and that a manager reads
        with a name in it."""
        bottleneck = named_bottleneck(world, case, field)
        meet()

        with pytest.raises(SomebodyNamed) as refusal:
            ask(world, bottleneck)

        assert refusal.value.user_message == (
            f"In knelpunt 2 {FOUND} Die tekst gaat mee. Ga naar het overzicht van de "
            'casus en kies bij het knelpunt "Verbeter de tekst".'
        )
        assert "Kwikstaart" not in str(refusal.value)

    def test_as_it_says_it_goes_up_in_other_words(self, world, case, meet):
        """Catches a way out that is none."""
        bottleneck = named_bottleneck(world, case)
        meet()

        with replays(case):
            reword_bottleneck(
                bottleneck, by=world.procesregisseur, at=AT, **WITHOUT_A_NAME
            )
        with replays(case):
            ask(world, bottleneck)

        assert bottleneck_of(case, 2).asked

    def test_says_what_else_of_a_text_that_was_read_before(self, world, case, meet):
        """Catches the advice to mend what can't be mended any more."""
        bottleneck = named_bottleneck(world, case)
        first = ask(world, bottleneck)
        answer(first, by=world.manager, at=AT, answer="lower", text="Zelf.")
        meet()

        with pytest.raises(SomebodyNamed) as refusal:
            ask(world, bottleneck_of(case, 2))

        assert "je kunt hem niet veranderen. Maak een nieuw knelpunt zonder naam" in (
            refusal.value.user_message
        )

    def test_as_it_says_then_a_new_one_goes_up(self, world, case, meet):
        """Catches a way out that is none."""
        bottleneck = named_bottleneck(world, case)
        meet()
        by = world.procesregisseur

        anew = raise_bottleneck(case, by=by, at=AT, **STUCK)
        with replays(case):
            ask(world, anew)
        end_bottleneck(bottleneck, by=by, at=AT, state="lapsed", reason="Staat in 3.")

        assert bottleneck_of(case, 3).asked

    @pytest.mark.parametrize(
        ("question", "said"), [(NAMED, "Zelf."), ("Mag dit?", NAMED)]
    )
    def test_refuses_what_was_asked_or_said_before(
        self, world, case, meet, question, said
    ):
        """Catches a name under "eerder gevraagd", for whoever is asked next."""
        first = asked(world, case, question=question)
        answer(first, by=world.manager, at=AT, answer="lower", text=said)
        meet()

        with pytest.raises(SomebodyNamed) as refusal:
            asked(world, case)

        assert f"In een vraag of antwoord over knelpunt 1 {FOUND}" in (
            refusal.value.user_message
        )

    def test_another_bottleneck_holds_nothing_up(self, world, case, meet):
        """Catches a case in which one old text stops every question."""
        named_bottleneck(world, case)
        meet()

        assert asked(world, case).bottleneck.number == 1


class TestOneThatRuns:
    @pytest.fixture
    def request_(self, world, case, meet):
        """A question about a text that names somebody by now."""
        request = ask(world, named_bottleneck(world, case))
        meet()
        return request

    def test_goes_no_higher_and_its_answerer_has_another_answer(self, world, request_):
        """Catches a name that a bestuurder reads because a manager sends it on, and a
        manager who can do nothing any more."""
        with pytest.raises(SomebodyNamed) as refusal:
            answer(request_, by=world.manager, at=AT, answer="higher", text="Doen.")

        assert refusal.value.user_message == (
            f'In knelpunt 2 {FOUND} Kies "Ik wil eerst iets weten". '
            "Dan kan de procesregisseur de vraag zonder naam stellen."
        )
        request_.refresh_from_db()
        answer(request_, by=world.manager, at=AT, answer="ask_first", text="Kan het?")
        assert request_.turn == "supply"

    def test_goes_no_higher_when_it_was_said(self, world, request_):
        """Catches a name that goes up because the answer came by telephone."""
        given = Given(channel="telephone", at=AT, by=world.manager)

        with pytest.raises(SomebodyNamed) as refusal:
            answer(
                request_,
                by=world.procesregisseur,
                at=AT,
                answer="higher",
                text="Doen.",
                given=given,
            )

        assert refusal.value.user_message.endswith(
            "Trek de vraag in, maak een nieuw knelpunt zonder naam en rond dit "
            "knelpunt af."
        )

    @pytest.mark.parametrize("field", ["question", "if_nothing"])
    def test_goes_no_higher_by_its_own_words(self, world, case, meet, field):
        """Catches the question itself, and what stands beside it."""
        request = asked(world, case, **{field: NAMED})
        meet()

        with pytest.raises(SomebodyNamed):
            answer(request, by=world.manager, at=AT, answer="higher", text="Doen.")

    def test_is_told_to_nobody_higher(self, world, request_):
        """Catches a name in "Goed om te weten", from a person or from the clock; and
        one that the clock takes for a fault: it asks the procesregisseur instead."""
        for by in (world.procesregisseur, None):
            with pytest.raises(NobodyToAsk):
                EscalationFlow.known.begin(request_, by=by, at=AT)

        assert request_.bottleneck.requests.count() == 1

    def test_is_shown_to_no_adviser(self, world, request_):
        """Catches a name that somebody reads who is asked beside the answerer."""
        with pytest.raises(SomebodyNamed):
            ask_voice(
                request_,
                by=world.procesregisseur,
                at=AT,
                kind="advice",
                user=world.other_manager,
            )

    def test_may_still_be_decided(self, world, request_):
        """Catches a check that takes the decision away from who reads it already."""
        answer(request_, by=world.manager, at=AT, answer="decide", text="Doen.")

        assert request_.ending == "decided"


def test_a_level_that_spoed_skipped_reads_no_name(world, case, meet):
    """Catches a review afterwards of a text that names somebody by then, and a clock
    that stops at it, and tells nobody."""
    request = ask(
        world,
        named_bottleneck(world, case),
        to_level=Level.BESTUURLIJK,
        urgent=True,
        jump_reason="Vannacht moet er een besluit zijn.",
    )
    meet()

    assert review_skipped(at=AT) == 0
    assert request.bottleneck.requests.count() == 1
    asks = items.open_about(request.bottleneck.key, kind="escalation.skipped").get()
    assert asks.owner == world.procesregisseur


def test_urgent_silence_asks_who_steers(world, case, meet):
    """Catches a clock that falls over a name, so that nobody hears of the silence."""
    request = ask(world, named_bottleneck(world, case), urgent=True)
    meet()

    silence(items.open_about(request.key, kind="escalation.review").get(), at=AT)

    assert items.open_about(request.key, kind="escalation.tell").exists()
    assert request.bottleneck.requests.count() == 1


class TestOtherTexts:
    def test_withdrawing_names_nobody(self, world, case, meet):
        """Catches a reason that whoever is asked next reads as an earlier answer."""
        request = asked(world, case)
        meet()

        with pytest.raises(InvalidInput) as refusal:
            EscalationFlow.interrupt(
                withdraw_escalation,
                request,
                by=world.procesregisseur,
                at=AT,
                reason=NAMED,
            )

        assert (refusal.value.field, request.ended_at) == ("reason", None)

    @pytest.mark.parametrize("field", ["binding", "formal_reference"])
    def test_a_decision_names_nobody(self, world, case, meet, field):
        """Catches a name beside the text of a decision, which is looked at."""
        request = asked(world, case)
        meet()

        with pytest.raises(InvalidInput) as refusal:
            answer(
                request,
                by=world.manager,
                at=AT,
                answer="decide",
                text="Doen.",
                **{field: "GGZ en mevrouw J. Kwikstaart"},
            )

        assert refusal.value.field == field
