"""The timeline as somebody reads it, page after page."""

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.flow import (
    DeescalationFlow,
    answer,
    lapse_stops,
    review_skipped,
)
from ave.escalation.stopping import resume_procesregie
from casework.cases.absence import start_absence
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bottlenecks import end_bottleneck
from casework.cases.confirmations import Given
from casework.cases.dossier import add_note
from casework.people.models import Role
from casework.people.transitions import join_desk
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task, record_report_for
from tests.dossier.conftest import at
from tests.world import AT, DAY, FIRST_DAY, asked, bottleneck_of

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
        assert "Bram Hoekstra namens Fatima El Amrani schreef een notitie." in page
        assert "Gedaan door" not in page
        assert "Bram Hoekstra neemt waar voor Fatima El Amrani." in page

    def test_lets_nobody_move_who_just_decided(self, world, case, as_user) -> None:
        """Catches a manager who must act, after the decision that others carry out."""
        answer(asked(world, case), by=world.manager, at=AT, answer="decide", text="Ja.")

        page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        said = page.content.decode()
        assert "Knelpunt 1 naar managementniveau." in said
        assert "Marloes de Wit is aan zet." not in said

    def test_says_which_party_answered_by_telephone(self, world, case, as_user) -> None:
        """Catches a procesregisseur who did a task, because she wrote its answer down."""
        asks = {"by": world.procesregisseur, "at": AT}
        ask = Ask(
            kind="advice_housing",
            question="Kan dit?",
            desk=world.health_desk,
            due_on=DAY + timedelta(days=14),
        )
        told = Given(channel="telephone", at=AT, by_name="mw. Smit")
        task = offer_task(case, ask, **asks)
        record_report_for(task, given=told, answer="Nee.", choice="no", **asks)

        page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        said = page.content.decode()
        party, writer = world.health.name, world.procesregisseur.name
        assert f"{party} rondde een taak af. Opgeschreven door {writer}." in said

    def test_says_what_was_only_to_be_read(self, world, case, as_user) -> None:
        """Catches a question to a level that was only told what is going on."""
        asked(world, case, kind="notice")

        page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        said = page.content.decode()
        assert "Knelpunt 1 ter kennisname aan management." in said
        assert "gevraagd aan" not in said

    def test_says_which_level_looks_back(self, world, case, as_user) -> None:
        """Catches a sentence without a capital, and without what it is about."""
        facts = {"to_level": 4, "urgent": True, "jump_reason": "Het kan niet wachten."}
        asked(world, case, **facts)
        review_skipped(at=AT)

        page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        said = "Management kijkt terug op knelpunt 1, dat met spoed hogerop ging."
        assert said in page.content.decode()

    def test_says_why_procesregie_goes_on(self, world, case, as_user) -> None:
        """Catches "trok het voorstel in" of what nobody drew back."""
        facts = {"by": world.procesregisseur, "at": AT}
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **facts)
        appoint_casusregisseur(case, user=world.casusregisseur, **facts)
        proposes = {
            "receiver": world.casusregisseur,
            "reason": "Het gaat goed.",
            "aftercare_on": DAY + timedelta(days=42),
        }
        DeescalationFlow.start.begin(case, **facts, **proposes)
        desk = world.casusregisseur.memberships.get().desk
        join_desk(world.aov, desk, role=Role.CASUSREGISSEUR, on=FIRST_DAY)
        appoint_casusregisseur(case, user=world.aov, **facts)
        lapse_stops(at=AT + timedelta(minutes=1))

        page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        said = page.content.decode()
        assert "Sanne Pinas neemt de casus niet over: doet niet meer mee." in said
        assert "trok het voorstel" not in said

    def test_says_that_procesregie_goes_on_after_the_look_back(
        self, world, case, as_user
    ) -> None:
        """Catches a proposal that was accepted and reads as drawn back."""
        facts = {"by": world.procesregisseur, "at": AT}
        end_bottleneck(bottleneck_of(case), state="solved", reason="Klaar.", **facts)
        appoint_casusregisseur(case, user=world.casusregisseur, **facts)
        stop = DeescalationFlow.start.begin(
            case,
            receiver=world.casusregisseur,
            reason="Het gaat goed.",
            aftercare_on=DAY + timedelta(days=42),
            **facts,
        )
        DeescalationFlow.receive.complete(
            stop, by=world.casusregisseur, at=AT, accepts=True
        )
        DeescalationFlow.aftercare.complete(stop, text="Het gaat mis.", **facts)
        resume_procesregie(case, **facts)

        page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        assert "Fatima El Amrani gaat verder met procesregie." in page.content.decode()

    def test_keeps_the_order_of_what_happened(self, world, case, as_user) -> None:
        """Catches work of one's own under "Eerder" above what came before it."""
        me, hours = world.procesregisseur, timedelta(hours=1)
        as_user(me).get(at(case, "tijdlijn/"))
        add_note(case, by=me, at=AT + hours, text="x", mark="fact")
        start_absence(me, by=world.deputy, at=AT + 2 * hours, reason="Ziek")
        add_note(case, by=me, at=AT + 3 * hours, text="x", mark="fact")

        with time_machine.travel(AT + 4 * hours, tick=False):
            timeline = as_user(me).get(at(case, "tijdlijn/")).context["timeline"]

        assert len(timeline.fresh) == 3
        shown = [line.at for line in (*timeline.fresh, *timeline.older)]
        assert shown == sorted(shown, reverse=True)

    def test_calls_nothing_new_that_one_did_oneself(self, world, case, as_user) -> None:
        """Catches "Sinds je laatste bezoek" above nothing but one's own work."""
        as_user(world.procesregisseur).get(at(case, "tijdlijn/"))
        later = AT + timedelta(hours=1)
        add_note(case, by=world.procesregisseur, at=later, text="x", mark="fact")

        with time_machine.travel(AT + timedelta(hours=2), tick=False):
            page = as_user(world.procesregisseur).get(at(case, "tijdlijn/"))

        assert "Sinds je laatste bezoek" not in page.content.decode()

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
