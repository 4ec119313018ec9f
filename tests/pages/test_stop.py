"""Coming down: somebody must take it over, and we look back once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ave.escalation.calm import propose_stops
from ave.escalation.forms.stopping import default_look_back
from ave.escalation.models import Acceptance, DeEscalation
from casework.cases.absence import start_absence
from casework.cases.bottlenecks import raise_bottleneck
from casework.cases.models import Case
from casework.cases.participations import end_participations
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from tests.pages.conftest import text_of
from tests.standing import begins_with
from tests.world import AT, DAY, STUCK, begin_calm, opened
from workers.jobs import settle_leavings

_begun = begins_with(begin_calm)


@pytest.fixture
def world(begun):
    return begun[0]


def path_of(case, part=""):
    return f"/casussen/{case.reference}/afschalen/{part}"


def form_of(world, **change):
    return {
        "receiver": str(world.casusregisseur.pk),
        "aftercare_on": "2027-01-11",
        "reason": "Acht weken rustig.",
        **change,
    }


def stops():
    return DeEscalation.objects.system_scope("test")


class TestStop:
    def test_names_the_receiver_in_the_button(self, world, browser, case):
        """Catches a button that does not say who is asked."""
        said = text_of(browser(world.procesregisseur).get(path_of(case)))

        assert "Kan procesregie stoppen?" in said
        assert "Vraag of Sanne Pinas het overneemt" in said

    @pytest.mark.parametrize("stuck", [False, True])
    def test_lets_say_that_procesregie_goes_on(self, world, browser, case, stuck):
        """Catches a question on one's list that has no no, or that can't be answered
        since something got stuck meanwhile."""
        me = browser(world.procesregisseur)
        assert "Is procesregie nog nodig?" not in text_of(me.get(path_of(case)))
        assert propose_stops(at=AT + timedelta(days=58)) == 1
        if stuck:
            raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK)
        asked = text_of(me.get(path_of(case)))

        sent = me.send(path_of(case, "intrekken/"))

        assert "Is procesregie nog nodig?" in asked
        assert "Procesregie gaat door" in asked
        assert ("hieronder wie de casus overneemt" in asked) is not stuck
        assert sent.status_code == 303
        assert "Kan procesregie stoppen?" not in text_of(me.get("/"))
        colleague = text_of(browser(world.casusregisseur).get(path_of(case)))
        assert "Is procesregie nog nodig?" not in colleague

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("today", "proposed"),
        [
            (date(2026, 11, 29), date(2027, 1, 11)),
            (date(2026, 11, 23), date(2027, 1, 4)),
        ],
    )
    def test_proposes_a_working_day_to_look_back(self, today, proposed):
        """Catches a day in the weekend, on which nobody is there to look back."""
        assert default_look_back(today) == proposed

    def test_is_not_offered_while_something_is_stuck(self, world, browser):
        """Catches a stop with an open bottleneck."""
        said = text_of(browser(world.procesregisseur).get(path_of(opened(world))))

        assert "Er is nog een knelpunt open." in said
        assert "het overneemt" not in said

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            (
                {"receiver": ""},
                "Kies wie het overneemt. Zonder ontvanger kun je niet afschalen.",
            ),
            (
                {"aftercare_on": "2027-11-01"},
                "Kies een dag om terug te kijken, uiterlijk 3 maanden na vandaag.",
            ),
            ({"aftercare_on": "2026-11-31"}, "31 november bestaat niet."),
            ({"receiver": "1\x00"}, "Kies iets uit de lijst."),
            ({"reason": ""}, "Schrijf waarom procesregie nu kan stoppen."),
        ],
    )
    def test_refuses_what_is_wrong(self, world, browser, case, change, error):
        """Catches a stop without a receiver, a reason or a day to look back."""
        page = browser(world.procesregisseur).send(
            path_of(case), form_of(world, **change)
        )

        assert page.status_code == 422
        assert error in text_of(page)
        assert not stops().exists()

    def test_asks_and_the_receiver_takes_over(self, world, browser, case):
        """Catches a break between asking, taking over and looking back."""
        me, receiver = browser(world.procesregisseur), browser(world.casusregisseur)

        assert me.send(path_of(case), form_of(world)).status_code == 303
        assert "Neem je deze casus over?" in text_of(receiver.get("/"))
        assert "Ik neem het over" in text_of(receiver.get(path_of(case)))
        assert "Ik neem het over" not in text_of(me.get(path_of(case)))
        taken = receiver.send(path_of(case, "antwoord/"), {"accept": "1"})

        assert taken.status_code == 303
        case.refresh_from_db()
        assert case.status == Case.Status.AFTERCARE
        said = text_of(me.get(path_of(case)))
        assert "Op ma 11 januari 2027 kijken we terug: hoe gaat het nu?" in said
        looked = me.send(path_of(case, "nazorg/"), {"text": "Het gaat goed."})
        assert looked.status_code == 303
        assert stops().get().state == "done"
        assert "Kan deze casus dicht?" in text_of(me.get("/"))
        done = text_of(me.get(path_of(case)))
        assert "De nazorg is klaar." in done
        assert "Procesregie moet toch doorgaan" in done
        assert me.send(path_of(case, "intrekken/")).status_code == 303
        case.refresh_from_db()
        assert case.status == Case.Status.OPEN

    def test_shows_which_tasks_end_with_procesregie(self, world, browser, case):
        """Catches a yes that takes a task back of which nobody was told."""
        me, receiver = browser(world.procesregisseur), browser(world.casusregisseur)
        ask = Ask(
            kind="advice_housing",
            question="Kan het?",
            desk=world.health_desk,
            due_on=DAY + timedelta(days=14),
        )
        task = offer_task(case, ask, by=world.procesregisseur, at=AT)
        says = "Deze taken trekken we in als iemand de casus overneemt"

        before = me.get(path_of(case))
        me.send(path_of(case), form_of(world))
        asked, waits = receiver.get(path_of(case)), me.get(path_of(case))
        receiver.send(path_of(case, "antwoord/"), {"accept": "1"})
        after = text_of(me.get(path_of(case)))

        for page in (before, asked, waits):
            assert says in text_of(page)
            assert f"/taak/{task.pk}/" in page.content.decode()
        assert says not in after
        assert "Jij kijkt nog terug en sluit daarna af." in after

    def test_a_refusal_needs_a_reason_and_is_shown(self, world, browser, case):
        """Catches a refusal without a reason, or one that the asker never hears."""
        me, receiver = browser(world.procesregisseur), browser(world.casusregisseur)
        me.send(path_of(case), form_of(world))

        bare = receiver.send(path_of(case, "antwoord/"), {"decline": "1"})
        sent = receiver.send(
            path_of(case, "antwoord/"), {"decline": "1", "text": "Het plan is niet af."}
        )

        assert bare.status_code == 422
        assert "Schrijf waarom je het nu niet overneemt." in text_of(bare)
        assert sent.status_code == 303
        assert "De casus wordt niet overgenomen. Hoe nu verder?" in text_of(me.get("/"))
        said = text_of(me.get(path_of(case)))
        assert "Sanne Pinas neemt de casus niet over Het plan is niet af." in said
        assert me.send(path_of(case, "intrekken/")).status_code == 303
        assert "Hoe nu verder?" not in text_of(me.get("/"))
        assert "Procesregie gaat door" not in text_of(me.get(path_of(case)))

    def test_waits_for_a_new_bottleneck(self, world, browser, case):
        """Catches a receiver, or a regisseur, who is not told why it can't stop now."""
        me, receiver = browser(world.procesregisseur), browser(world.casusregisseur)
        me.send(path_of(case), form_of(world))
        raise_bottleneck(case, by=world.procesregisseur, at=AT, **STUCK)

        refused = receiver.send(path_of(case, "antwoord/"), {"accept": "1"})

        assert refused.status_code == 409
        assert "er is een nieuw knelpunt. Fatima El Amrani rondt" in text_of(refused)
        assert stops().get().state == "asked"
        assert "Procesregie kan nog niet stoppen." in text_of(me.get(path_of(case)))

    def test_names_the_receiver_to_who_writes_it_down(self, world, browser, case):
        """Catches a question to the procesregisseur as if he takes the case over."""
        me = browser(world.procesregisseur)
        me.send(path_of(case), form_of(world))

        said = text_of(me.get(path_of(case)))
        bare = me.send(
            path_of(case, "antwoord/"),
            {"spoken": "1", "channel": "telephone", "decline": "1"},
        )

        assert "We wachten op antwoord van Sanne Pinas." in said
        assert "Waarom neemt Sanne Pinas het nu niet over?" in said
        assert "neem je het nu niet over" not in said
        assert "Schrijf waarom Sanne Pinas het nu niet overneemt." in text_of(bare)

    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ({"accept": "1"}, "Ja, ik neem het over"),
            ({"decline": "1", "text": "Ik heb geen tijd."}, "Nee, nu niet"),
        ],
    )
    def test_the_receiver_sees_what_was_written_down(
        self, world, browser, case, sent, shown
    ):
        """Catches who takes a case over by telephone, and confirms an empty page."""
        me = browser(world.procesregisseur)
        me.send(path_of(case), form_of(world))
        me.send(
            path_of(case, "antwoord/"), {"spoken": "1", "channel": "telephone", **sent}
        )
        acceptance = Acceptance._base_manager.get()

        page = browser(world.casusregisseur).get(
            f"/klopt-dit/acceptance:{acceptance.pk}/"
        )

        assert "Neem je deze casus over?" in text_of(page)
        assert shown in text_of(page)
        assert ("maandag 11 januari 2027" in text_of(page)) is ("accept" in sent)
        assert sent.get("text", "") in text_of(page)
        timeline = text_of(me.get(f"/casussen/{case.reference}/tijdlijn/"))
        assert "Sanne Pinas neemt de casus" in timeline
        assert "Opgeschreven door Fatima El Amrani." in timeline

    def test_only_the_receiver_answers(self, world, browser, case):
        """Catches an asker who takes over from himself."""
        me = browser(world.procesregisseur)
        me.send(path_of(case), form_of(world))

        page = me.send(path_of(case, "antwoord/"), {"accept": "1"})

        assert page.status_code == 403
        assert stops().get().state == "asked"

    def test_offers_a_deputy_nobody_that_he_would_answer_for(
        self, world, browser, case
    ):
        """Catches a deputy who offers the case to whom he stands in for, and takes it."""
        start_absence(world.procesregisseur, by=world.procesregisseur, at=AT, reason="")
        me = browser(world.deputy)

        page = me.get(path_of(case))
        sent = me.send(
            path_of(case), form_of(world, receiver=str(world.procesregisseur.pk))
        )

        assert "Vraag of Sanne Pinas het overneemt" in text_of(page)
        assert f'value="{world.procesregisseur.pk}"' not in page.content.decode()
        assert sent.status_code == 422
        assert not stops().exists()

    def test_offers_nobody_to_who_asked_it_for_who_is_away(self, world, browser, case):
        """Catches "Ik neem het over" at who asked it, for the receiver on holiday."""
        me = browser(world.procesregisseur)
        me.send(path_of(case), form_of(world))
        world.casusregisseur.deputy = world.procesregisseur
        world.casusregisseur.save(update_fields=["deputy"])
        start_absence(world.casusregisseur, by=world.casusregisseur, at=AT, reason="")

        said = text_of(me.get(path_of(case)))
        taken = me.send(path_of(case, "antwoord/"), {"accept": "1"})
        me.send(path_of(case, "intrekken/"))

        assert "Ik neem het over" not in said
        assert "We wachten op antwoord van Sanne Pinas." in said
        assert taken.status_code == 403
        assert "Er is nu niemand aan wie je het kunt vragen." in text_of(
            me.get(path_of(case))
        )

    def test_the_asker_takes_the_question_back(self, world, browser, case):
        """Catches a question that can't be undone."""
        me = browser(world.procesregisseur)
        me.send(path_of(case), form_of(world))

        sent = me.send(path_of(case, "intrekken/"))

        assert sent.status_code == 303
        assert stops().get().state == "withdrawn"

    @pytest.mark.parametrize("act", ["accept", "decline"])
    def test_an_answer_to_what_was_taken_back_is_given_back(
        self, world, browser, case, act
    ):
        """Catches "dit is al gedaan" about an answer that is lost, with its text."""
        me, receiver = browser(world.procesregisseur), browser(world.casusregisseur)
        me.send(path_of(case), form_of(world))
        me.send(path_of(case, "intrekken/"))

        late = {act: "1", "text": "Het is te vroeg."}
        sent = receiver.send(path_of(case, "antwoord/"), late)

        assert sent.status_code == 409
        said = text_of(sent)
        assert "Deze vraag is ingetrokken of al beantwoord." in said
        assert "Wat je invulde, is niet vastgelegd." in said
        assert "Het is te vroeg." in said
        assert path_of(case) in sent.content.decode()
        assert "al gedaan" not in said

    def test_an_old_answer_is_not_one_to_a_new_question(self, world, browser, case):
        """Catches a yes on another day to look back than the receiver was shown."""
        me, receiver = browser(world.procesregisseur), browser(world.casusregisseur)
        me.send(path_of(case), form_of(world))
        seen = receiver.get(path_of(case)).context["receive_form"]["seen"].value()
        me.send(path_of(case, "intrekken/"))
        me.send(path_of(case), form_of(world, aftercare_on="2027-02-11"))

        sent = receiver.send(path_of(case, "antwoord/"), {"accept": "1", "seen": seen})

        assert sent.status_code == 409
        assert "Iemand anders heeft dit net veranderd." in text_of(sent)
        case.refresh_from_db()
        assert case.status == Case.Status.OPEN

    def test_says_that_who_was_asked_has_left(self, world, browser, case):
        """Catches a page that waits for somebody who has no place in the case."""
        me = browser(world.procesregisseur)
        me.send(path_of(case), form_of(world))
        end_participations(case, at=AT, user=world.casusregisseur)
        settle_leavings(at=AT)

        said = text_of(me.get(path_of(case)))

        assert "Sanne Pinas kan de casus niet meer overnemen" in said
        assert "We wachten op antwoord" not in said

    def test_is_not_for_who_has_no_place_in_it(self, world, browser, case):
        """Catches a page of a case that a stranger opens by its reference."""
        for other in (world.manager, world.officer, world.other_procesregisseur):
            client = browser(other)
            assert client.get(path_of(case)).status_code == 404
            assert client.send(path_of(case), form_of(world)).status_code == 404
            assert client.send(path_of(case, "antwoord/")).status_code == 404
