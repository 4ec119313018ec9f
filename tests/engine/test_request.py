"""Asking: who may, how far up, with which words, and what it does to access."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation import reading
from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.transitions import take_back
from ave.policy.answerers import NobodyToAsk
from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.cases.absence import set_deputy, start_absence
from casework.cases.bottlenecks import StillAsked
from casework.cases.excluding import exclude_colleague
from casework.levels import Level
from casework.people.errors import InvalidInput, NotPermitted, NotVisible, Stale
from casework.work import items
from casework.work.ladder import plan_due
from tests.replay import replays
from tests.world import AT, CANARIES, asked, bottleneck_of, opened, with_canaries
from workers import jobs

pytestmark = pytest.mark.engine


@pytest.fixture
def world(begun):
    return begun[0]


def exclude(case, world, *users) -> None:
    for user in users:
        exclude_colleague(case, by=world.procesregisseur, at=AT, user=user)


class TestRequestEscalation:
    def test_a_notice_leaves_the_work_as_it_is(self, world, case) -> None:
        """Catches "ter kennisname" that takes away what the procesregisseur must do."""
        request = asked(world, case)
        answer(request, by=world.manager, at=AT, answer="lower", text="Zelf.")
        bottleneck = bottleneck_of(request.case)

        with replays(request.case):
            asked(world, request.case, kind="notice")

        left = items.open_about(bottleneck.key).get()
        assert left.kind == "bottleneck.next"

    def test_asks_the_manager_and_moves_nothing(self, world, case) -> None:
        with replays(case):
            request = asked(world, case)

        assert (request.answerer, request.to_level) == (world.manager, Level.MANAGEMENT)
        assert bottleneck_of(case).level == Level.PROCES

    def test_gives_the_asker_nothing_and_the_answerer_only_the_memo(
        self, world, case
    ) -> None:
        before = scopes(world.procesregisseur, case, at=AT)

        asked(world, case)

        assert scopes(world.procesregisseur, case, at=AT) == before
        held = scopes(world.manager, case, at=AT)
        assert held == {"read_memo", "review_escalation"}

    def test_refuses_a_name_and_says_which(self, world, case) -> None:
        with_canaries(world, case)

        with pytest.raises(InvalidInput) as refusal:
            asked(world, case, question="Mag Jansje blijven op Ooievaarsteeg 7?")

        assert "Ooievaarsteeg 7" in refusal.value.user_message
        assert "Jansje" in refusal.value.user_message
        assert refusal.value.field == "question"

    @pytest.mark.parametrize("secret", ["name", "child", "address", "mnemonic"])
    def test_refuses_every_known_word_of_the_case(
        self, world, case, secret: str
    ) -> None:
        with_canaries(world, case)

        with pytest.raises(InvalidInput):
            asked(world, case, if_nothing=f"Dan gaat het mis met {CANARIES[secret]}.")

    def test_refuses_a_second_request_about_the_same_bottleneck(
        self, world, case
    ) -> None:
        asked(world, case)

        with pytest.raises(StillAsked):
            asked(world, case)

    def test_refuses_a_missing_question(self, world, case) -> None:
        with pytest.raises(InvalidInput) as refusal:
            asked(world, case, question="  ")

        assert refusal.value.field == "question"

    def test_refuses_who_does_not_steer(self, world, case) -> None:
        with pytest.raises(NotVisible):
            EscalationFlow.start.begin(
                bottleneck_of(case), by=world.officer, at=AT, question="Mag dit?"
            )

    def test_refuses_a_stale_form(self, world, case) -> None:
        with pytest.raises(Stale):
            asked(world, case, seen=99)

    def test_does_not_jump_without_spoed_and_a_reason(self, world, case) -> None:
        with pytest.raises(InvalidInput) as refusal:
            asked(world, case, to_level=Level.BESTUURLIJK)

        assert refusal.value.field == "jump_reason"

    def test_jumps_with_spoed_and_a_reason(self, world, case) -> None:
        request = asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            urgent=True,
            jump_reason="Vannacht moet er een besluit zijn.",
        )

        assert request.answerer == world.burgemeester
        assert request.due_at == AT + timedelta(hours=24)

    def test_may_go_one_higher_after_two_refusals(self, world, case) -> None:
        """Catches a level that is skipped, and nobody who says why."""
        for _ in range(2):
            request = asked(world, case)
            answer(request, by=world.manager, at=AT, answer="lower", text="Zelf.")

        with pytest.raises(InvalidInput) as refusal:
            asked(world, case, to_level=Level.BESTUURLIJK, jump_reason=" ")
        assert "Schrijf waarom je een niveau overslaat." in refusal.value.user_message
        request = asked(
            world,
            case,
            to_level=Level.BESTUURLIJK,
            jump_reason="Het ging twee keer mis.",
        )

        assert request.to_level == Level.BESTUURLIJK

    def test_never_asks_the_organisation_that_is_the_cause(self, world, case) -> None:
        bottleneck = bottleneck_of(case)
        bottleneck.cause = world.municipality
        bottleneck.save(update_fields=["cause"])

        with pytest.raises(NobodyToAsk):
            asked(world, case)

    def test_never_asks_who_knows_these_people(self, world, case) -> None:
        """Catches a question that nobody can read, and that waits for ever."""
        other = opened(world)
        exclude(case, world, world.manager)

        request = asked(world, case)

        assert request.answerer == world.other_manager
        assert Permission.REVIEW_ESCALATION in scopes(request.answerer, case, at=AT)
        assert asked(world, other).answerer == world.manager
        facts = {"cause": None, "asker": world.procesregisseur, "urgent": False}
        shown = reading.preview_of(case, Level.MANAGEMENT, at=AT, **facts)
        assert shown.name == world.other_manager.name

    def test_refuses_where_everybody_knows_these_people(self, world, case) -> None:
        exclude(case, world, world.manager, world.other_manager)

        with pytest.raises(NobodyToAsk):
            asked(world, case)


@pytest.mark.usefixtures("running")
class TestAnswerEscalation:
    def test_asking_first_leaves_the_day_and_passes_the_turn(
        self, world, request_
    ) -> None:
        day = request_.due_on

        with replays(request_.case):
            answer(request_, by=world.manager, at=AT, answer="ask_first", text="Hoe?")

        assert (request_.turn, request_.due_on) == ("supply", day)

    def test_supplied_too_late_gives_two_working_days(self, world, request_) -> None:
        answer(request_, by=world.manager, at=AT, answer="ask_first", text="Hoe?")
        late = AT + timedelta(days=14)

        with replays(request_.case):
            EscalationFlow.supply.complete(
                request_, by=world.procesregisseur, at=late, text="Zo."
            )

        assert request_.due_on == late.date() + timedelta(days=2)

    def test_higher_moves_the_bottleneck_and_the_turn_at_once(
        self, world, request_
    ) -> None:
        with replays(request_.case):
            answer(request_, by=world.manager, at=AT, answer="higher", text="Doen.")

        assert (request_.turn, request_.answerer) == ("review", world.burgemeester)
        assert request_.case.level == Level.BESTUURLIJK
        assert scopes(world.manager, request_.case, at=AT) == frozenset()

    def test_higher_never_goes_to_who_knows_these_people(self, world, request_) -> None:
        """Catches a burgemeester who is excluded, and decides by the level below."""
        exclude(request_.case, world, world.burgemeester)

        answer(request_, by=world.manager, at=AT, answer="higher", text="Doen.")

        assert request_.answerer == world.wethouder

    def test_higher_reads_as_the_level_it_went_to(self, world, request_) -> None:
        """Catches a manager who "sends it on to management"."""
        answer(request_, by=world.manager, at=AT, answer="higher", text="Doen.")

        last = request_.answers.order_by("pk").last()
        assert reading.says(last) == "stuurde dit door naar bestuurlijk"

    def test_lower_ends_it_and_takes_the_access_away(self, world, request_) -> None:
        with replays(request_.case):
            answer(request_, by=world.manager, at=AT, answer="lower", text="Zelf.")

        assert request_.ending == "lower"
        assert scopes(world.manager, request_.case, at=AT) == frozenset()
        waiting = items.open_about(bottleneck_of(request_.case).key)
        assert [item.kind for item in waiting] == ["bottleneck.next"]

    @pytest.mark.parametrize("kind", ["decide", "ask_first", "higher", "lower"])
    def test_refuses_an_answer_without_a_text(self, world, request_, kind: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            answer(request_, by=world.manager, at=AT, answer=kind, text=" ")

        assert refusal.value.field == "text"

    def test_the_asker_never_answers_his_own_request(self, world, request_) -> None:
        with pytest.raises(NotPermitted):
            answer(
                request_, by=world.procesregisseur, at=AT, answer="decide", text="Ja."
            )

    def test_the_deputy_of_an_absent_manager_answers_in_his_name(
        self, world, request_
    ) -> None:
        set_deputy(world.manager, deputy=world.other_manager, by=world.manager, at=AT)

        with pytest.raises(NotVisible):
            answer(request_, by=world.other_manager, at=AT, answer="pick_up")
        later = AT + timedelta(hours=1)
        start_absence(world.manager, by=world.manager, at=later, reason="Ziek")
        with replays(request_.case):
            answer(request_, by=world.other_manager, at=later, answer="pick_up")

        event = request_.case.events.order_by("-pk").first()
        assert event.on_behalf_of == world.manager
        assert event.facts["recorded_for"] is None


class TestSilence:
    def test_asks_the_procesregisseur_where_nobody_above_may_know(
        self, world, case
    ) -> None:
        """Catches silence that the clock tries to tell for ever, and that ends there."""
        request = asked(world, case, urgent=True)
        exclude(request.case, world, world.burgemeester, world.wethouder)
        (item,) = items.open_about(request.key)

        with replays(request.case):
            plan_due(at=AT + timedelta(days=10), call=jobs.call)

        item.refresh_from_db()
        assert item.failures == 0
        (question,) = items.open_about(request.key, kind="escalation.tell")
        assert question.owner_user == world.procesregisseur


class TestTakeBack:
    def test_leaves_who_has_yet_to_read_his_place(self, world, case) -> None:
        """Catches "Goed om te weten" that its reader can't open, and a case that for
        that reason can't close."""
        request = asked(world, case, urgent=True)
        notice = EscalationFlow.known.begin(request, by=None, at=AT)
        answer(request, by=world.manager, at=AT, answer="decide", text="Begin.")

        with replays(case):
            take_back(bottleneck_of(case), by=world.procesregisseur, at=AT)

        assert scopes(world.manager, case, at=AT) == frozenset()
        answer(notice, by=notice.answerer, at=AT, answer="read")
        assert scopes(notice.answerer, case, at=AT) == frozenset()
