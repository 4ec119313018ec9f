"""Pages of a request that are reached by an old link, a bookmark or a second tab."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.dissenting import write_dissent
from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.showing import note_showings, show_persons
from ave.escalation.voices import ask_voice, take_back_voice
from casework.cases.absence import start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck, raise_bottleneck
from tests.pages.conftest import path_of, text_of
from tests.world import AT, DAY, STUCK, asked, bottleneck_of

LATER = AT + timedelta(days=9)


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def casusregisseur(world, case):
    given = {"by": world.procesregisseur, "at": AT}
    appoint_casusregisseur(case, user=world.casusregisseur, **given)
    return world.casusregisseur


def going_up(case, query=""):
    return f"/casussen/{case.reference}/opschalen/{query}"


def said_to(browser, user, path) -> str:
    return text_of(browser(user).get(path))


class TestDecide:
    def test_says_whose_turn_it_is(self, world, browser, escalation, casusregisseur):
        """Catches "is aan zet" about who waits for an answer himself."""
        answer(escalation, by=world.manager, at=AT, answer="ask_first", text="Wie?")

        said = said_to(browser, casusregisseur, path_of(escalation))

        assert "Marloes de Wit is aan zet." not in said
        assert "De procesregisseur is aan zet: die vult de vraag aan." in said

    def test_offers_only_who_steers_to_remind(
        self, world, browser, escalation, casusregisseur
    ):
        """Catches a link to withdraw for who can't, and for what nobody can."""
        offer = "Herinner, trek in of leg een mondeling antwoord vast"

        said = said_to(browser, casusregisseur, path_of(escalation))

        assert "Marloes de Wit is aan zet." in said
        assert offer not in said
        assert offer in said_to(browser, world.procesregisseur, path_of(escalation))

    def test_says_of_a_notice_that_it_is_not_read(self, world, browser, case):
        """Catches a turn to answer what asks nothing, that can be withdrawn."""
        notice = asked(world, case, kind="notice")

        said = said_to(browser, world.procesregisseur, path_of(notice))

        assert "Marloes de Wit heeft dit nog niet gelezen." in said
        assert "is aan zet" not in said
        assert "trek in" not in said


class TestRequest:
    def test_promises_no_day_that_is_over(self, world, browser, case, escalation):
        """Catches "antwoordt uiterlijk" about a day of last week."""
        with time_machine.travel(LATER, tick=False):
            said = said_to(browser, world.procesregisseur, going_up(case))

        assert "antwoordt uiterlijk" not in said
        assert "Marloes de Wit zou uiterlijk ma 30 november antwoorden." in said
        assert "Er is nog geen antwoord." in said

    def test_says_when_it_stood_on_the_agenda(self, world, browser, case, escalation):
        """Catches a meeting of last week that is to come, and an answer that came."""
        escalation.agenda_on = DAY + timedelta(days=2)
        escalation.save(update_fields=["agenda_on"])
        with time_machine.travel(LATER, tick=False):
            said = said_to(browser, world.procesregisseur, going_up(case))
        assert "De vraag stond op de agenda van het bestuurlijk overleg van" in said

        answer(escalation, by=world.manager, at=AT, answer="ask_first", text="Wie?")

        said = said_to(browser, world.procesregisseur, going_up(case))
        assert "Er kwam geen antwoord." not in said
        assert "De vraag staat op de agenda" in said

    @pytest.mark.parametrize(
        ("why", "words"),
        [
            ("ended", "Knelpunt 2 is al afgerond."),
            ("asked", "Over knelpunt 2 loopt al een vraag."),
            ("top", "Knelpunt 2 staat op bestuurlijk niveau en kan niet hoger."),
        ],
    )
    def test_says_that_a_bottleneck_can_go_no_higher(
        self, world, browser, case, why, words
    ):
        """Catches a link about one bottleneck that fills in a form about another."""
        given = {"by": world.procesregisseur, "at": AT}
        second = raise_bottleneck(case, **STUCK, **given)
        if why == "ended":
            end_bottleneck(second, state="solved", reason="Opgelost.", **given)
        elif why == "asked":
            EscalationFlow.start.begin(
                second, question="Wie?", kind="decision", **given
            )
        else:
            case.bottlenecks.filter(pk=second.pk).update(level=4)

        page = browser(world.procesregisseur).get(going_up(case, "?knelpunt=2"))

        assert words in text_of(page)
        assert not page.context["is_open"]

    def test_withdraws_nothing_that_is_answered(self, world, browser, escalation):
        """Catches "niemand hoeft meer te antwoorden" about who did."""
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")

        page = browser(world.procesregisseur).send(path_of(escalation, "intrekken/"))

        assert page.status_code == 409
        assert "Niemand hoeft meer te antwoorden." not in text_of(page)


class TestShowWho:
    def test_is_ticked_off_once(self, world, browser, escalation):
        """Catches a button for what was read, that does nothing."""
        path = path_of(escalation, "wie/")
        why = "De deurwaarder moet weten bij wie hij aanbelt."
        show_persons(escalation, by=world.manager, at=AT, reason=why)
        assert "Gelezen" in said_to(browser, world.procesregisseur, path)

        note_showings(escalation, by=world.procesregisseur, at=AT)

        said = said_to(browser, world.procesregisseur, path)
        assert why in said
        assert "Gelezen" not in said


class TestDissent:
    def test_is_not_asked_twice_of_a_party(
        self, world, browser, escalation, casusregisseur
    ):
        """Catches an empty form for a view that stands there and can't be another."""
        answer(escalation, by=world.manager, at=AT, answer="decide", text="Ja.")
        link = "Schrijf je mening erbij"
        assert link in said_to(browser, casusregisseur, path_of(escalation))
        write_dissent(escalation, by=casusregisseur, at=AT, text="Te laat.")

        said = said_to(browser, casusregisseur, path_of(escalation, "mening/"))

        assert "De mening van deze partij staat er al bij." in said
        assert "Zet mijn mening erbij" not in said
        assert link not in said_to(browser, casusregisseur, path_of(escalation))


class TestVoices:
    def test_offers_nobody_where_there_is_nobody(self, world, browser, escalation):
        """Catches a form without a choice."""
        for user in type(world.manager).objects.exclude(
            pk__in=[world.procesregisseur.pk, world.manager.pk]
        ):
            user.is_active = False
            user.save(update_fields=["is_active"])

        said = said_to(browser, world.procesregisseur, path_of(escalation, "erbij/"))

        assert "Er is niemand meer die je erbij kunt vragen." in said
        assert "Vraag om een reactie" not in said

    def test_says_that_nothing_was_said(self, world, browser, escalation):
        """Catches "wat je zei" over who was asked no longer, and reads it as deputy."""
        given = {"by": world.procesregisseur, "at": AT}
        voice = ask_voice(escalation, kind="advice", user=world.aov, **given)
        take_back_voice(voice, **given)
        start_absence(world.procesregisseur, reason="", **given)

        said = said_to(browser, world.aov, path_of(escalation, "advies/"))

        assert "Je reactie is niet meer nodig" in said
        assert "Wat je zei" not in said


class TestStop:
    def test_leaves_it_to_who_steers(self, world, browser, case, casusregisseur):
        """Catches "er valt niets af te schalen" to who may only not do it."""
        given = {"by": world.procesregisseur, "at": AT}
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **given)

        path = f"/casussen/{case.reference}/afschalen/"
        said = said_to(browser, casusregisseur, path)

        assert "Er valt nu niets af te schalen" not in said
        assert "De procesregisseur schaalt af" in said
