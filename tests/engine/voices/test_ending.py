"""What becomes of voices when their request ends or goes up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from ave.escalation.flow import EscalationFlow, answer
from ave.escalation.hearing import voice_of
from ave.escalation.models import Voice
from ave.escalation.transitions import withdraw_escalation
from ave.escalation.voices import give_voice, take_back_voice
from casework.cases.excluding import exclude_colleague
from casework.cases.models import Case, Event
from casework.people.errors import AlreadyDone, InvalidInput, NotVisible
from casework.work import items
from casework.work.models import WorkItem
from tests.engine.voices.conftest import adviser, places, waits
from tests.replay import replays
from tests.world import AT, DAY

pytestmark = pytest.mark.engine


class TestEnding:
    @pytest.mark.parametrize("kind", ["decide", "lower", "withdraw"])
    def test_of_the_request_lets_them_lapse(self, world, case, request_, kind):
        """Catches an open voice about nothing, and one who keeps reading."""
        still, said = (
            adviser(world, request_),
            adviser(world, request_, user=world.aov),
        )
        give_voice(said, by=world.aov, at=AT, text="Begin klein.")

        with replays(case):
            if kind == "withdraw":
                EscalationFlow.interrupt(
                    withdraw_escalation, request_, by=world.procesregisseur, at=AT
                )
            else:
                answer(request_, by=world.manager, at=AT, answer=kind, text="Zo.")

        still.refresh_from_db()
        said.refresh_from_db()
        assert (still.lapsed_at, said.lapsed_at) == (AT, None)
        assert not waits(still)
        item = WorkItem.objects.system_scope("test").get(about=still.key)
        assert item.state == WorkItem.Outcome.LAPSED
        for user in (still.user, said.user):
            assert places(request_, user) == 0

    def test_higher_lets_them_stay_until_the_new_day(self, world, case, request_):
        """Catches what was asked or said that is lost on the way up."""
        still, said = (
            adviser(world, request_),
            adviser(world, request_, user=world.aov),
        )
        give_voice(said, by=world.aov, at=AT, text="Begin klein.")
        was = request_.due_on

        with replays(case):
            answer(request_, by=world.manager, at=AT, answer="higher", text="Te groot.")

        request_.refresh_from_db()
        item = items.open_about(still.key, kind="escalation.voice").get()
        assert item.due_on == request_.due_on > was
        for user in (still.user, said.user):
            assert places(request_, user) == 1
        assert places(request_, world.manager) == 0

    def test_higher_asks_who_must_answer_now_no_longer(self, world, case, request_):
        """Catches a burgemeester who advises and decides on the same question."""
        voice = adviser(world, request_, user=world.burgemeester)

        with replays(case):
            answer(request_, by=world.manager, at=AT, answer="higher", text="Te groot.")

        voice.refresh_from_db()
        request_.refresh_from_db()
        assert request_.answerer == world.burgemeester
        assert voice.lapsed_at == AT
        assert not waits(voice)
        assert places(request_, world.burgemeester) == 1

    def test_supplied_late_moves_their_day_too(self, world, case, request_):
        """Catches a voice that is late for a request that is not."""
        voice = adviser(world, request_)
        late = AT + timedelta(days=(request_.due_on - DAY).days)
        answer(request_, by=world.manager, at=AT, answer="ask_first", text="Wie?")

        EscalationFlow.supply.complete(
            request_, by=world.procesregisseur, at=late, text="De ggz."
        )

        item = items.open_about(voice.key, kind="escalation.voice").get()
        assert item.due_on == request_.due_on > voice.asked_at.date()

    def test_excluding_somebody_lets_his_lapse(self, world, case, request_):
        """Catches work of somebody who may not see it any more."""
        voice = adviser(world, request_)

        with replays(case):
            exclude_colleague(
                case, by=world.procesregisseur, at=AT, user=world.other_manager
            )

        voice.refresh_from_db()
        assert voice.lapsed_at == AT
        assert not waits(voice)

    def test_taking_one_back_leaves_the_others(self, world, case, request_):
        """Catches a colleague, chosen by mistake, who keeps reading; and one too many."""
        wrong, other = (
            adviser(world, request_),
            adviser(world, request_, user=world.aov),
        )

        with replays(case):
            take_back_voice(wrong, by=world.procesregisseur, at=AT)

        assert (waits(wrong), waits(other)) == (False, True)
        assert places(request_, wrong.user) == 0
        assert places(request_, other.user) == 1
        assert not Case.objects.visible_to(wrong.user, at=AT).exists()
        with pytest.raises(NotVisible):
            give_voice(wrong, by=wrong.user, at=AT, text="Begin klein.")

    def test_who_was_asked_by_mistake_can_be_asked_again(self, world, case, request_):
        """Catches a colleague who is lost for a question by one wrong click."""
        first = adviser(world, request_)
        take_back_voice(first, by=world.procesregisseur, at=AT)

        with replays(case):
            again = adviser(world, request_, user=first.user)

        assert (waits(first), waits(again)) == (False, True)
        assert places(request_, again.user) == 1
        with pytest.raises(InvalidInput) as refusal:
            adviser(world, request_, user=first.user)
        assert refusal.value.user_message.startswith("Deze collega is al gevraagd.")
        with pytest.raises(IntegrityError, match="voice_once"), transaction.atomic():
            Voice.objects.system_scope("test").update(lapsed_at=None)

        give_voice(again, by=again.user, at=AT, text="Begin klein.")
        request_.refresh_from_db()
        assert voice_of(request_, again.user, at=AT) == again

    def test_what_was_said_stays_said(self, world, request_):
        """Catches an advice that disappears because it does not please."""
        said = adviser(world, request_)
        give_voice(said, by=said.user, at=AT, text="Begin klein.")

        with pytest.raises(AlreadyDone):
            take_back_voice(said, by=world.procesregisseur, at=AT)

        said.refresh_from_db()
        assert (said.text, said.lapsed_at) == ("Begin klein.", None)

    def test_events_carry_no_words(self, world, case, request_):
        """Catches a text or a name in what is kept for ever."""
        voice = adviser(world, request_)
        give_voice(voice, by=world.other_manager, at=AT, text="Begin klein.")

        told = Event.objects.system_scope("test").filter(kind__startswith="voice.")
        assert {each.kind for each in told} == {"voice.asked", "voice.given"}
        written = repr([(each.facts, each.changes) for each in told])
        assert "Begin klein" not in written
        assert world.other_manager.name not in written
